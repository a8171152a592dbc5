import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isLockstepError, type Workspace } from '../workspace/index.ts';
import { fetchEntries, fileObjects, readManifest } from './datasets.ts';
import { eachLimited } from './each-limited.ts';
import { makeFolder, makeFolderOf } from './folder.ts';
import type { LockEntry } from './lock/lock.ts';
import type { ManifestFile } from './manifest.ts';
import { openStore, type Store } from './store/store.ts';
import { fillFromWorking } from './store-filling.ts';
import { isWhole } from './transfer/bring.ts';

/**
 * Puts a dataset that is in the store at an absolute path: a file, or a folder with its files. Verified; what turns
 * out damaged in the store is brought again. Errors: E_OBJECT_MISSING, E_DIGEST_MISMATCH, E_REMOTE_*, E_DATA_KIND.
 */
export async function placeDataset(workspace: Workspace, entry: LockEntry, target: string): Promise<void> {
  const store = openStore(workspace);
  await healing(workspace, store, entry, async () => {
    if (entry.files === undefined) return store.materialize(entry.digest, target);
    const files = await readManifest(store, entry);
    if (!existsSync(target) && (await placeFolder(store, files, target))) return;
    makeFolder(target);
    await eachLimited(files, ({ path, digest }) => store.materialize(digest, join(target, path)));
  });
}

/**
 * A folder that is not there yet is written apart and moved to its place whole: half the work, and never half a folder.
 * False where the place lies on another disk or is taken by now.
 */
export async function placeFolder(
  store: Store,
  files: readonly ManifestFile[],
  target: string,
  hardLinks = false,
): Promise<boolean> {
  const apart = store.newFolder();
  try {
    const made = new Set<string>();
    await eachLimited(files, async ({ path, digest }) => {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (!made.has(folder)) makeFolder(join(apart, folder));
      made.add(folder);
      const place = join(apart, path);
      if (!hardLinks || !(await store.link(digest, place))) await store.writeOut(digest, place);
    });
    makeFolderOf(target.replace(/\/$/, ''));
    renameSync(apart, target);
    return true;
  } catch (error) {
    rmSync(apart, { recursive: true, force: true });
    // Another pull put it there meanwhile: the same, or what is made so file by file.
    if (['EXDEV', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Does the work; when it meets a damaged or missing object, drops all that are, brings them again and does it once more. */
export async function healing(
  workspace: Workspace,
  store: Store,
  entry: LockEntry,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isLockstepError(error, 'E_DIGEST_MISMATCH') && !isLockstepError(error, 'E_OBJECT_MISSING'))
      throw error;
    if (await isWhole(store, entry.digest)) {
      await eachLimited(
        await fileObjects(store, entry),
        async ({ digest }) => void (await isWhole(store, digest)),
      );
    }
    await fillFromWorking(workspace, store, entry);
    await fetchEntries(workspace, [entry]);
    await work();
  }
}
