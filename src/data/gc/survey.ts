import { type Digest, LockstepError } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import type { Listed } from '../remotes/bucket.ts';
import { objectPath, type Store } from '../store/store.ts';
import { fetchMap } from '../transfer/fetch-bytes.ts';
import { chunkMapKey, folderMapKey, mostMap } from '../transfer/maps.ts';
import { findManifest } from './manifests.ts';
import { manifestDigests, type RootDataset, type Roots } from './roots.ts';

/** What lies in a remote, and what of it is needed. */
export interface Survey {
  readonly listed: ReadonlyMap<string, Listed>;
  /** Key → why. */
  readonly needed: ReadonlyMap<string, string>;
  /** Datasets of which nobody here or there can say what they consist of. */
  readonly unknown: readonly RootDataset[];
}

/** Only what lies below these is ever removed. */
export const sweptPrefixes = ['sha256/', 'chunks/sha256/', 'packs/sha256/'] as const;

/**
 * Lists a remote and follows every root: its bytes, its manifest's files, the maps of all of them and the packs that
 * these name. Errors: E_REMOTE_*, and E_DIGEST_MISMATCH or E_REMOTE_NOT_DATA for what a root needs and can't be read,
 * since then nothing is known of what hangs on it.
 */
export async function surveyRemote(remote: Remote, store: Store, roots: Roots): Promise<Survey> {
  const listed = new Map<string, Listed>();
  for (const prefix of sweptPrefixes)
    for await (const item of remote.bucket.list(prefix)) listed.set(item.key, item);
  const needed = new Map<string, string>();
  const unknown: RootDataset[] = [];
  const keep = (key: string, why: string) => {
    if (!needed.has(key)) needed.set(key, why);
  };
  /** Keeps the map of a dataset or file, if it has one, with the packs that it names. */
  const keepMap = async (key: string, why: string) => {
    if (needed.has(key) || !listed.has(key)) return;
    keep(key, why);
    for (const pack of await packsOf(remote, key)) keep(objectPath(pack), why);
  };
  const keepFile = async (digest: Digest, why: string) => {
    if (roots.forgotten.has(digest)) return;
    keep(objectPath(digest), why);
    await keepMap(chunkMapKey(digest), why);
  };
  for (const root of roots.datasets) {
    const { digest, folder, why } = root;
    if (roots.forgotten.has(digest)) continue;
    await keepFile(digest, why);
    if (!folder) continue;
    const manifest = await findManifest(remote, store, root);
    if (manifest === null) unknown.push(root);
    else for (const file of manifestDigests(manifest)) await keepFile(file, why);
    await keepMap(folderMapKey(digest), why);
  }
  for (const [digest, why] of roots.objects) await keepFile(digest, why);
  return { listed, needed, unknown };
}

/** The packs that a map names. Errors: E_REMOTE_NOT_DATA. */
async function packsOf(remote: Remote, key: string): Promise<Digest[]> {
  const bytes = await fetchMap(remote, key, mostMap);
  if (bytes === null) return [];
  try {
    const { packs } = JSON.parse(bytes.toString()) as { packs: unknown };
    if (Array.isArray(packs) && packs.every((hex) => /^[0-9a-f]{64}$/.test(hex)))
      return packs.map((hex): Digest => `sha256:${hex}`);
  } catch {} // Said below.
  throw new LockstepError('E_REMOTE_NOT_DATA', {
    what: `${key} in ${remote.name} is no map`,
    allowed: 'a map as docs/formats/remote.md has it',
    fix: 'remove it, and push the dataset again from a checkout that has it; then clean up',
  });
}
