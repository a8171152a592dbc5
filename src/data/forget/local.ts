import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, isAlive, statePath, type Workspace, withLock } from '../../workspace/index.ts';
import { rewritePacks } from '../gc/local.ts';
import { looseFiles } from '../gc/loose-files.ts';
import { packFiles } from '../gc/pack-files.ts';
import type { LockEntry } from '../lock/lock.ts';
import { environmentOf, lockedEntries, writeLock } from '../lock/lock-file.ts';
import { printManifest, totalSize } from '../manifest.ts';
import { openStore } from '../store/store.ts';
import { cleaningStore } from '../store/store-use.ts';
import { checkNoLink, dataPath } from '../working-files/working-files.ts';
import type { ForgetTarget, ForgottenBytes, ManifestLine } from './bytes.ts';
import type { Forgotten } from './forget.ts';

/** Takes bytes out of the local store: objects, packs, what killed commands left half-written. Errors: E_BUSY. */
export const forgetInStore = (
  workspace: Workspace,
  digests: ReadonlySet<Digest>,
  last: ReadonlySet<Digest>,
) =>
  cleaningStore(workspace, { what: 'data forget' }, async () => {
    for (const scratch of ['work', 'verify'])
      rmSync(statePath(workspace, scratch), { recursive: true, force: true });
    const store = openStore(workspace);
    const goes = (digest: Digest) => digests.has(digest) || last.has(digest);
    const packs = [...packFiles(store.root)].filter(
      // Without an index: one that was being removed.
      ({ objects }) => objects.length === 0 || objects.some(({ digest }) => goes(digest)),
    );
    rewritePacks(store, packs, (digest) => !goes(digest));
    const loose = [...looseFiles(store.root)];
    for (const { path, digest } of loose) {
      const left = digest === null && !isAlive(Number(/\.tmp-(\d+)-/.exec(path)?.[1]));
      if (left || (digest !== null && digests.has(digest))) rmSync(path, { recursive: true, force: true });
    }
    for (const { path, digest } of loose)
      if (digest !== null && last.has(digest)) rmSync(path, { force: true });
  });

/** Removes the working copy, and then the entries, or what they say of the file. Returns the entries as they are now. */
export async function forgetInWorkTree(
  workspace: Workspace,
  { key, file, current }: ForgetTarget,
  { paths, rest }: ForgottenBytes,
): Promise<Forgotten['locks']> {
  checkNoLink(workspace, key);
  const place = dataPath(workspace, key);
  if (file === undefined) rmSync(place.replace(/\/$/, ''), { recursive: true, force: true });
  else for (const path of new Set([...paths, file])) removeInside(workspace, key, path);
  if (current.length === 0) return [];
  return withLock(
    statePath(workspace, 'locks', 'data-lock.json'),
    { what: 'data forget', waitMs: 60_000 },
    async () => {
      const others = lockedEntries(workspace).filter((entry) => entry.key !== key);
      const locks: { lock: string; entry: LockEntry | null }[] = [];
      for (const { lock, ...entry } of current) {
        const lines = rest.get(lock);
        const left = file === undefined ? null : lines ? await restOf(workspace, key, lines) : entry;
        locks.push({ lock, entry: left });
      }
      for (const { lock, entry } of locks) {
        const entries: LockEntry[] = others.filter((other) => other.lock === lock);
        writeLock(workspace, { entries: entry ? [...entries, entry] : entries }, environmentOf(lock));
      }
      return locks;
    },
  );
}

function removeInside(workspace: Workspace, key: string, path: string): void {
  checkNoLink(workspace, key + path.split('/').slice(0, -1).join('/'));
  rmSync(join(dataPath(workspace, key), path), { force: true });
}

/** Null for a folder that nothing is left of. */
async function restOf(
  workspace: Workspace,
  key: string,
  rest: readonly ManifestLine[],
): Promise<LockEntry | null> {
  if (rest.length === 0) return null;
  const { digest } = await openStore(workspace).put(printManifest(rest));
  return { key, digest, size: totalSize(rest), files: rest.length };
}
