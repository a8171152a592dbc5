import { chmodSync, existsSync, linkSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  fileObjects,
  type LockEntry,
  objectPath,
  openStore,
  type Store,
  smallFile,
  storeAt,
} from '../../src/data/index.ts';
import { type Digest, digestFile, digestOf, type Workspace } from '../../src/workspace/index.ts';
import { newFolder, restoreApart, saveFrom } from '../kit/cache.ts';

const folderNames = ['sha256', 'packs'];
const keyStart = 'lockstep-data-';

/** Changes with any byte of any of the datasets. */
const keyOf = (entries: readonly LockEntry[]): string =>
  keyStart +
  digestOf(
    entries
      .map(({ digest }) => `${digest}\n`)
      .sort()
      .join(''),
  ).slice('sha256:'.length);

/** What lies in the repository, or on this machine, is not worth a cache. */
const isDistant = ({ configuration: { remote } }: Workspace): boolean => !remote.startsWith('file:');

/**
 * Takes the objects of these datasets out of the cache into the store, those alone whose bytes have the digest they go
 * by, and removes everything else that the cache brought. True when it had an entry for exactly these datasets.
 */
export async function restoreObjects(workspace: Workspace, entries: readonly LockEntry[]): Promise<boolean> {
  if (!isDistant(workspace) || entries.length === 0) return false;
  const key = keyOf(entries);
  const restored = await restoreApart(folderNames, { key, otherwise: [keyStart] });
  if (restored === null) return false;
  try {
    await adoptObjects(restored.folder, openStore(workspace), entries);
  } finally {
    rmSync(restored.folder, { recursive: true, force: true });
  }
  return restored.key === key;
}

/** Keeps the objects of these datasets, and nothing else of the store. */
export async function saveObjects(workspace: Workspace, entries: readonly LockEntry[]): Promise<void> {
  if (!isDistant(workspace)) return;
  const store = openStore(workspace);
  const folder = newFolder();
  try {
    const kept = storeAt(folder);
    const packer = kept.openPacker();
    for (const entry of entries) {
      if (entry.files !== undefined) await kept.put(await store.read(entry.digest));
      for (const { key, digest, size } of await fileObjects(store, entry)) {
        const inStore = store.has(digest);
        if (inStore && size < smallFile) packer.add(digest, await store.read(digest));
        // What was too large to lie here twice lies under data/ only.
        else await link(inStore ? store.pathOf(digest) : join(workspace.root, 'data', key), kept, digest);
      }
    }
    packer.end();
    await saveFrom(folder, folderNames, keyOf(entries));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Moves what is whole and wanted from an untrusted folder into the store. */
export async function adoptObjects(
  folder: string,
  store: Store,
  entries: readonly LockEntry[],
): Promise<void> {
  dropOdd(folder);
  const restored = storeAt(folder);
  // Manifests first: they name the files of a folder.
  for (const { digest } of entries) await adopt(folder, store, digest);
  const packer = store.openPacker();
  try {
    for (const digest of await digestsOf(store, entries)) {
      await adopt(folder, store, digest);
      const bytes = store.has(digest) ? null : await restored.read(digest).catch(() => null);
      if (bytes !== null) packer.add(digest, bytes);
    }
  } finally {
    packer.end();
  }
}

/** Packs that are anything but plain files are not looked into. */
function dropOdd(folder: string): void {
  const packs = join(folder, 'packs');
  if (!lstatSync(packs, { throwIfNoEntry: false })?.isDirectory())
    rmSync(packs, { recursive: true, force: true });
  else
    for (const name of readdirSync(packs))
      if (!isPlainFile(folder, join(packs, name)))
        rmSync(join(packs, name), { recursive: true, force: true });
}

async function adopt(folder: string, store: Store, digest: Digest): Promise<void> {
  const path = join(folder, objectPath(digest));
  if (store.has(digest) || !isPlainFile(folder, path)) return;
  // Hashed where nobody but us writes.
  const own = store.temporary(digest);
  await rename(path, own).catch(() => copyFile(path, own));
  chmodSync(own, 0o644);
  if ((await digestFile(own)).digest === digest) await store.adopt(own, digest);
  else rmSync(own, { force: true });
}

/** A file with one name, in folders that are no links. */
function isPlainFile(root: string, path: string): boolean {
  for (let folder = dirname(path); folder !== root; folder = dirname(folder))
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.nlink === 1;
}

/** Of the entries, and of the files of those folders whose manifest is in the store. */
async function digestsOf(store: Store, entries: readonly LockEntry[]): Promise<Set<Digest>> {
  const digests = new Set(entries.map(({ digest }) => digest));
  for (const entry of entries) {
    if (entry.files === undefined || !store.has(entry.digest)) continue;
    for (const object of await fileObjects(store, entry)) digests.add(object.digest);
  }
  return digests;
}

async function link(from: string, to: Store, digest: Digest): Promise<void> {
  if (!existsSync(from) || to.has(digest)) return;
  const own = to.temporary(digest);
  try {
    linkSync(from, own);
  } catch {
    await copyFile(from, own); // The runner's temporary folder is on another disk.
  }
  await to.adopt(own, digest);
}
