import { rmSync } from 'node:fs';
import type { Workspace } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import { openRemote, type Remote } from '../remote.ts';
import type { Bucket, Listed } from '../remotes/bucket.ts';
import { openStore, type Store } from '../store/store.ts';
import { knownMaps } from '../transfer/known-maps.ts';
import { type Doomed, doomedKey, readDoomed, writeDoomed } from './doomed.ts';
import type { GcOptions } from './local.ts';
import { count, type Roots, type Tally, young, youngMs } from './roots.ts';
import { surveyRemote } from './survey.ts';

export interface RemoteGcOptions extends GcOptions {
  /** Removes at once, without the hour in which pushes under way can end: for who knows that nobody pushes. */
  readonly immediately?: boolean;
}

/** The remote of a workspace. Errors: E_REMOTE_*. */
export async function cleanRemote(
  workspace: Workspace,
  roots: Roots,
  options: RemoteGcOptions,
): Promise<RemoteGc> {
  const remote = await openRemote(workspace);
  const result = await gcRemote(remote, openStore(workspace), roots, options);
  // They may name packs that are gone, and say that large files can be had again which can't.
  if (options.apply) rmSync(knownMaps(workspace, remote).folder, { recursive: true, force: true });
  return result;
}

interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

export interface RemoteGc {
  readonly remote: string;
  readonly applied: boolean;
  readonly kept: Tally;
  /** Nobody needs it. */
  readonly unneeded: Amount;
  /** Of that: removed now (or would be with `apply`), and what a clean-up from `due` on (ISO 8601) may remove. */
  readonly removed: Amount;
  readonly doomed: (Amount & { readonly due: string }) | null;
  /** Folders whose manifests are neither here nor there: their files can't be told from others. */
  readonly unknown: readonly string[];
}

/**
 * Two steps, so that a push that relies on what lies there is not robbed: what no root needs is named in
 * `gc/doomed.json`, which pushes read; what still is not needed an hour later goes. Killed anywhere, it can be run again.
 */
export async function gcRemote(
  remote: Remote,
  store: Store,
  roots: Roots,
  { apply, immediately = remote.embedded !== null, now = Date.now() }: RemoteGcOptions,
): Promise<RemoteGc> {
  const { bucket } = remote;
  // Git has what goes from .data/, and nobody else pushes to it.
  const least = remote.embedded === null ? youngMs : Number.NEGATIVE_INFINITY;
  const { listed, needed, unknown } = await surveyRemote(remote, store, roots);
  const kept: Tally = {};
  const unneeded: Listed[] = [];
  for (const item of listed.values()) {
    const why = needed.get(item.key) ?? (now - item.modified < least ? young : null);
    if (why === null) unneeded.push(item);
    else count(kept, why, item.size);
  }
  const doomed = await readDoomed(remote);
  const isDue = doomed !== null && now - doomed.at >= youngMs;
  const going = immediately ? unneeded : isDue ? await stillDoomed(bucket, doomed, unneeded) : [];
  const gone = new Set(going);
  const later = unneeded.filter((item) => !gone.has(item));
  if (apply) {
    const names = (items: readonly Listed[]) => items.map(({ key }) => key);
    if (immediately && going.length > 0 && remote.embedded === null)
      await writeDoomed(remote, names(going), now);
    await removeListed(bucket, going);
    if (later.length === 0) await bucket.remove([doomedKey]);
    else if (doomed === null || isDue) await writeDoomed(remote, names(later), now);
  }
  const since = doomed === null || isDue ? now : doomed.at;
  return {
    remote: remote.name,
    applied: apply,
    kept,
    unneeded: amountOf(unneeded),
    removed: amountOf(going),
    doomed: later.length === 0 ? null : { ...amountOf(later), due: new Date(since + youngMs).toISOString() },
    unknown: unknown.map(({ key }) => key),
  };
}

/** What was put anew since it was doomed is somebody's again. Both times are the remote's own. */
async function stillDoomed(bucket: Bucket, { keys }: Doomed, unneeded: readonly Listed[]): Promise<Listed[]> {
  let at = 0;
  for await (const item of bucket.list(doomedKey)) if (item.key === doomedKey) at = item.modified;
  return unneeded.filter(({ key, modified }) => keys.has(key) && modified < at);
}

/** Folder by folder, each looked at again just before: what was put anew meanwhile stays. */
async function removeListed(bucket: Bucket, items: readonly Listed[]): Promise<void> {
  // Where to list a part is to list all (OCI), all at once.
  const folderOf = (key: string) =>
    key.slice(0, bucket.keep ? key.indexOf('/') + 1 : key.lastIndexOf('/') + 1);
  const folders = Map.groupBy(items, ({ key }) => folderOf(key));
  await eachLimited([...folders], async ([folder, going]) => {
    const before = new Map(going.map(({ key, modified }) => [key, modified]));
    const keys: string[] = [];
    for await (const { key, modified } of bucket.list(folder))
      if (before.get(key) === modified) keys.push(key);
    if (keys.length > 0) await bucket.remove(keys);
  });
}

const amountOf = (items: readonly Listed[]): Amount => ({
  objects: items.length,
  bytes: items.reduce((sum, { size }) => sum + size, 0),
});
