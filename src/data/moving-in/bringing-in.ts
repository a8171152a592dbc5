import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  LockstepError,
  startProgress,
  statePath,
  temporaryBeside,
  type Workspace,
  withLock,
} from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import { lookAt, makeFolderOf } from '../folder.ts';
import type { Packer } from '../local-packs/packer.ts';
import { checkPath, keyFaultOf } from '../lock/dataset-path.ts';
import { emptyLock, type Lock, type LockEntry, withEntry } from '../lock/lock.ts';
import { findLock, writeLock } from '../lock/lock-file.ts';
import { PathCollisions } from '../lock/path-collisions.ts';
import { type ManifestFile, printManifest, totalSize } from '../manifest.ts';
import { placeDataset } from '../placing.ts';
import { openMemos } from '../status.ts';
import { objectPath, openStore, type Store } from '../store/store.ts';
import { checkNoLink, dataPath, readWorking } from '../working-files/working-files.ts';
import { drop } from './caught-bytes.ts';
import { type KnownBytes, openKnownBytes, proofKey } from './known-bytes.ts';
import { looksLikePointer, mostPointer } from './lfs-pointer.ts';
import { type Read, readProven } from './reading.ts';
import type { Planned, WantedFile } from './wanted-file.ts';

export interface Imported {
  readonly entry: LockEntry;
  /** What the lock said before. */
  readonly before: LockEntry | null;
  readonly from: string;
}

export interface BroughtIn {
  readonly imported: readonly Imported[];
  /** Files by the place that had them; `the store` had those that were read before. */
  readonly read: Readonly<Record<string, number>>;
}

const inStore = 'the store';

/**
 * Brings datasets in, all of them or none: bytes into the store, proven; then data/; then data.lock in one write.
 * Errors: those of `readProven`, E_PATH_*, E_LOCK_*, E_DATA_CHANGED, E_DATA_KIND.
 */
export async function bringIn(
  workspace: Workspace,
  planned: readonly Planned[],
  { force = false }: { readonly force?: boolean } = {},
): Promise<BroughtIn> {
  for (const { key } of planned) {
    checkPath(key, undefined, keyFaultOf);
    checkNoLink(workspace, key);
  }
  checkTogether(findLock(workspace) ?? emptyLock, planned);
  const { entries, read } = await fillStore(workspace, planned);
  const lockFile = statePath(workspace, 'locks', 'data-lock.json');
  makeFolderOf(lockFile);
  return withLock(lockFile, { what: 'data import', waitMs: 60_000 }, async () => {
    const before = findLock(workspace) ?? emptyLock;
    checkTogether(before, planned);
    await placeAll(workspace, entries, force);
    if (entries.length > 0) writeLock(workspace, entries.reduce(withEntry, before));
    const imported = entries.map((entry, index) => ({
      entry,
      before: before.entries.find(({ key }) => key === entry.key) ?? null,
      from: planned[index]!.from,
    }));
    return { imported, read };
  });
}

/** Errors: E_LOCK_CASE_COLLISION, E_LOCK_UNICODE_COLLISION, E_LOCK_DUPLICATE. */
function checkTogether(lock: Lock, planned: readonly Planned[]): void {
  const own = new Set(planned.map(({ key }) => key));
  const others = lock.entries.map(({ key }) => key).filter((key) => !own.has(key));
  const collisions = new PathCollisions();
  for (const key of [...others, ...planned.map((item) => item.key)]) {
    const collision = collisions.add(key);
    if (collision)
      throw new LockstepError(collision.code, { ...collision, fix: 'choose another prefix with --as' });
  }
}

async function fillStore(
  workspace: Workspace,
  planned: readonly Planned[],
): Promise<{ entries: LockEntry[]; read: Record<string, number> }> {
  const known = openKnownBytes(workspace);
  const store = openStore(workspace);
  const packer = store.openPacker();
  const progress = startProgress('data import');
  const brought = planned.map((): ManifestFile[] => []);
  const read: Record<string, number> = {};
  const bring = openBringer(workspace, store, packer, known);
  const work = planned.flatMap((item, index) => item.files.map((file) => ({ item, index, file })));
  let done = 0;
  try {
    await eachLimited(work, async ({ item, index, file }) => {
      const { digest, size, from } = await bring(file, item.key + file.path);
      brought[index]!.push({ path: file.path, digest, size });
      read[from] = (read[from] ?? 0) + 1;
      progress.update(++done, work.length);
    });
  } finally {
    // What arrived whole is kept, whatever became of the rest.
    packer.end();
    known.save();
    progress.end();
  }
  const entries: LockEntry[] = [];
  for (const [index, item] of planned.entries()) {
    const files = brought[index]!;
    checkPromised(item, files);
    if (item.key.endsWith('/')) {
      const { digest } = await store.put(printManifest(files));
      entries.push({ key: item.key, digest, size: totalSize(files), files: files.length });
    } else entries.push({ key: item.key, digest: files[0]!.digest, size: files[0]!.size });
  }
  return { entries, read };
}

/** Brings a file's bytes into the store; equal ones once, however many files have them. */
function openBringer(workspace: Workspace, store: Store, packer: Packer, known: KnownBytes) {
  const underWay = new Map<string, Promise<Read>>();
  const bring = async (file: WantedFile, named: string): Promise<Read> => {
    const promised = file.proof.kind === 'sha256' ? (`sha256:${file.proof.hex}` as const) : null;
    const expected = promised ?? known.find(file.proof)?.digest ?? null;
    const size = expected === null ? null : store.sizeOf(expected);
    if (expected !== null && size !== null && (file.size ?? size) === size)
      return { digest: expected, size, from: inStore };
    const { kept, ...found } = await readProven(file, named, temporaryIn(workspace));
    if (store.has(found.digest)) await drop(kept);
    else if (kept.kind === 'file') {
      makeFolderOf(join(store.root, objectPath(found.digest)));
      await store.adopt(kept.path, found.digest);
    } else if (file.path === '') await store.put(kept.bytes);
    else packer.add(found.digest, kept.bytes);
    known.learn(file.proof, found.digest, found.size);
    return found;
  };
  return (file: WantedFile, named: string): Promise<Read> => {
    if (file.proof.kind === 'none') return bring(file, named);
    const key = `${proofKey(file.proof)} ${file.size}`;
    const going = underWay.get(key) ?? bring(file, named);
    underWay.set(key, going);
    return going;
  };
}

/** Reads a file that describes others; nothing is kept. Errors as `readProven`. */
export async function readDescription(
  workspace: Workspace,
  file: WantedFile,
  named: string,
): Promise<Buffer> {
  const { kept } = await readProven(file, named, temporaryIn(workspace));
  if (kept.kind === 'bytes') return kept.bytes;
  try {
    return await readFile(kept.path);
  } finally {
    await drop(kept);
  }
}

function temporaryIn(workspace: Workspace): string {
  const path = statePath(workspace, 'store', 'incoming', 'import');
  makeFolderOf(path);
  return temporaryBeside(path);
}

function checkPromised({ key, from, promised }: Planned, files: readonly ManifestFile[]): void {
  const size = totalSize(files);
  if ((promised?.size ?? size) === size && (promised?.files ?? files.length) === files.length) return;
  throw new LockstepError('E_SIZE_MISMATCH', {
    what: `"${key}" has ${files.length} files of ${size} bytes`,
    where: { file: from },
    allowed: `${promised?.files ?? files.length} files of ${promised?.size ?? size} bytes, as its source says`,
    fix: 'correct what the source says, or leave it out: name what you want with --only',
  });
}

/** Nothing is placed unless everything can be; what was placed goes again when a later one fails. */
async function placeAll(workspace: Workspace, entries: readonly LockEntry[], force: boolean): Promise<void> {
  const absent: LockEntry[] = [];
  const replaced: LockEntry[] = [];
  const memos = openMemos(workspace);
  for (const entry of entries) {
    const working = await readWorking(workspace, entry, memos);
    if (working.kind === 'present' && working.digest === entry.digest) continue;
    if (working.kind !== 'missing' && !force && !isPointerTo(entry, dataPath(workspace, entry.key))) {
      throw new LockstepError('E_DATA_CHANGED', {
        what: `something else lies at data/${entry.key}`,
        allowed: 'a free place under data/, or the same bytes',
        fix: 'choose another prefix with --as, or replace it with --force',
      });
    }
    (working.kind === 'missing' ? absent : replaced).push(entry);
  }
  const pathOf = ({ key }: LockEntry) => dataPath(workspace, key);
  try {
    for (const entry of absent) await placeDataset(workspace, entry, pathOf(entry));
    for (const entry of replaced) {
      await rm(pathOf(entry).replace(/\/$/, ''), { recursive: true, force: true });
      await placeDataset(workspace, entry, pathOf(entry));
    }
  } catch (error) {
    for (const entry of absent) await rm(pathOf(entry), { recursive: true, force: true });
    throw error;
  }
}

/** In a repository of Git LFS that was not filled, the pointer to the very bytes makes room for them. */
function isPointerTo({ digest, files }: LockEntry, path: string): boolean {
  if (files !== undefined || (lookAt(path)?.size ?? 0) > mostPointer || !lookAt(path)?.isFile()) return false;
  const bytes = readFileSync(path);
  return looksLikePointer(bytes) && bytes.includes(`oid ${digest}\n`);
}
