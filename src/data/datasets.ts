import type { Workspace } from '../workspace/index.ts';
import type { LockEntry } from './lock/lock.ts';
import { type ManifestFile, parseManifest } from './manifest.ts';
import { openStore, type Store } from './store/store.ts';
import { checkNotForgotten } from './store/tombstones.ts';
import { bringAll, missingIn, openBringer, type SizedObject } from './transfer/bring.ts';

export const readManifest = async (store: Store, entry: LockEntry): Promise<ManifestFile[]> =>
  parseManifest((await store.read(entry.digest)).toString('utf8'), entry);

/** Brings every object of these entries into the store; tells the bytes that arrived. Nothing is placed. */
export async function fetchEntries(
  workspace: Workspace,
  entries: readonly LockEntry[],
  store: Store = openStore(workspace),
): Promise<{ objects: number; bytes: number }> {
  const bringer = openBringer(workspace, store);
  const wanted: { entry: LockEntry; missing: SizedObject[] }[] = [];
  checkNotForgotten(workspace, entries);
  for (const entry of entries) {
    if (entry.files !== undefined) await bringer.manifest(entry);
    const objects = await fileObjects(store, entry);
    checkNotForgotten(workspace, objects);
    wanted.push({ entry, missing: await missingIn(store, objects) });
  }
  await bringAll(bringer, wanted);
  return bringer.arrived;
}

/** The file objects of a dataset whose manifest, if it has one, is in the store. */
export async function fileObjects(store: Store, entry: LockEntry): Promise<SizedObject[]> {
  if (entry.files === undefined) return [objectOf(entry)];
  return objectsOf(entry, await readManifest(store, entry));
}

export const objectOf = ({ key, digest, size }: LockEntry): SizedObject => ({ key, digest, size });

export const objectsOf = (entry: LockEntry, files: readonly ManifestFile[]): SizedObject[] =>
  files.map(({ path, digest, size }) => ({ key: entry.key + path, digest, size }));
