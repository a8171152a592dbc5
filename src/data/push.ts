import { startProgress, type Workspace } from '../workspace/index.ts';
import { eachLimited, fileObjects } from './datasets.ts';
import type { LockEntry } from './lock.ts';
import { readLock } from './lock-file.ts';
import { objectMissing } from './receive.ts';
import { openRemote, type PushObject } from './remote.ts';
import { selectEntries } from './selection.ts';
import { openStore, type Store } from './store.ts';
import { fillFromWorking } from './store-filling.ts';

export interface PushResult {
  readonly datasets: readonly LockEntry[];
  readonly pushed: { readonly objects: number; readonly bytes: number };
  /** Objects that the remote had already. */
  readonly present: number;
  readonly remote: string;
}

/**
 * Sends what data.lock names to the remote: all is looked at and planned first, files go before their manifest.
 * Errors: E_REMOTE_READ_ONLY, E_REMOTE_TOO_LARGE, E_OBJECT_MISSING when the bytes are nowhere here.
 */
export async function pushData(workspace: Workspace, only?: readonly string[]): Promise<PushResult> {
  const datasets = selectEntries(readLock(workspace), only);
  const remote = await openRemote(workspace);
  const store = openStore(workspace);
  const objects = new Map<string, PushObject>();
  for (const entry of datasets) {
    if (!(await fillFromWorking(workspace, store, entry))) {
      throw objectMissing(entry, 'the local store or under data/');
    }
    for (const object of await objectsOf(store, entry)) objects.set(object.digest, object);
  }
  const absent = await remote.plan([...objects.values()]);
  const total = absent.reduce((sum, { size }) => sum + size, 0);
  const progress = startProgress('data push', 'bytes');
  let done = 0;
  try {
    const manifests = new Set(
      datasets.filter(({ files }) => files !== undefined).map(({ digest }) => digest),
    );
    const send = async (object: PushObject) => {
      await remote.push(object);
      done += object.size;
      progress.update(done, total);
    };
    await eachLimited(
      absent.filter(({ digest }) => !manifests.has(digest)),
      send,
    );
    await eachLimited(
      absent.filter(({ digest }) => manifests.has(digest)),
      send,
    );
  } finally {
    progress.end();
  }
  return {
    datasets,
    pushed: { objects: absent.length, bytes: total },
    present: objects.size - absent.length,
    remote: remote.name,
  };
}

async function objectsOf(store: Store, entry: LockEntry): Promise<PushObject[]> {
  const files = (await fileObjects(store, entry)).map((object) => ({
    ...object,
    path: store.pathOf(object.digest),
  }));
  if (entry.files === undefined) return files;
  const manifest = await store.read(entry.digest);
  const path = store.pathOf(entry.digest);
  return [...files, { key: entry.key, digest: entry.digest, size: manifest.byteLength, path }];
}
