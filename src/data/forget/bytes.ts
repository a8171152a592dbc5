import { type Digest, LockstepError } from '../../workspace/index.ts';
import { findManifest } from '../gc/manifests.ts';
import type { RootDataset } from '../gc/roots.ts';
import type { LockEntry } from '../lock/lock.ts';
import type { Remote } from '../remote.ts';
import type { Store } from '../store/store.ts';

/** What is asked to be forgotten. */
export interface ForgetTarget {
  readonly key: string;
  /** Of a folder, this file alone. */
  readonly file?: string | undefined;
  /** All that data.lock ever said of this key. */
  readonly versions: readonly RootDataset[];
  /** What it says now; null when the dataset is not locked any more. */
  readonly current: LockEntry | null;
  /** The other datasets that are locked now: their bytes stay. */
  readonly others: readonly LockEntry[];
}

export interface ManifestLine {
  readonly digest: Digest;
  readonly size: number;
  readonly path: string;
}

/** The bytes that go, by digest. */
export interface ForgottenBytes {
  readonly files: ReadonlySet<Digest>;
  /** Manifests of folders that are forgotten whole: names of files may say too much. */
  readonly manifests: ReadonlySet<Digest>;
  /** Bytes that another dataset has too; they stay. */
  readonly shared: readonly { readonly digest: Digest; readonly key: string }[];
  /** Versions whose manifest is nowhere. */
  readonly unknown: readonly Digest[];
  /** The current folder without the file. */
  readonly rest: readonly ManifestLine[];
  /** Paths of the current folder that go. */
  readonly paths: readonly string[];
}

/** Errors: E_DATA_MISSING for a file that no version has, E_OBJECT_MISSING when another folder's manifest is nowhere. */
export async function bytesToForget(
  remote: Remote,
  store: Store,
  target: ForgetTarget,
): Promise<ForgottenBytes> {
  const { key, file, versions, current, others } = target;
  const found = new Set<Digest>();
  const manifests = new Set<Digest>();
  const unknown: Digest[] = [];
  for (const { digest, folder } of versions) {
    if (!folder) found.add(digest);
    else if (file === undefined) manifests.add(digest);
    if (!folder) continue;
    const lines = await readLines(remote, store, key, digest);
    if (lines === null) unknown.push(digest);
    for (const line of lines ?? []) if (file === undefined || line.path === file) found.add(line.digest);
  }
  if (file !== undefined && found.size === 0) throw noFile(key, file);
  const shared = await sharedWith(remote, store, others, found);
  const files = new Set([...found].filter((digest) => !shared.some((other) => other.digest === digest)));
  const now = current?.files === undefined ? null : await readLines(remote, store, key, current.digest);
  return {
    files,
    manifests,
    shared,
    unknown,
    rest: (now ?? []).filter(({ digest }) => !found.has(digest)),
    paths: (now ?? []).filter(({ digest }) => found.has(digest)).map(({ path }) => path),
  };
}

async function sharedWith(
  remote: Remote,
  store: Store,
  others: readonly LockEntry[],
  found: ReadonlySet<Digest>,
): Promise<{ digest: Digest; key: string }[]> {
  const shared: { digest: Digest; key: string }[] = [];
  for (const { key, digest, files } of others) {
    if (found.has(digest)) shared.push({ digest, key });
    if (files === undefined) continue;
    const lines = await readLines(remote, store, key, digest);
    if (lines === null) {
      throw new LockstepError('E_OBJECT_MISSING', {
        what: `the manifest of "${key}" (${digest}) is neither here nor in ${remote.name}, so nobody knows what it shares`,
        allowed: 'locked folders that can be had',
        fix: 'push it from a checkout that has it, or take it out of data.lock',
      });
    }
    for (const line of lines)
      if (found.has(line.digest)) shared.push({ digest: line.digest, key: key + line.path });
  }
  return shared;
}

/** The lines of a manifest, from here or the remote; null when it is nowhere. */
export async function readLines(
  remote: Remote,
  store: Store,
  key: string,
  digest: Digest,
): Promise<ManifestLine[] | null> {
  const bytes = await findManifest(remote, store, { key, digest });
  if (bytes === null) return null;
  return Array.from(bytes.toString().matchAll(/^([0-9a-f]{64}) (\d+) (.+)$/gm), ([, hex, size, path]) => ({
    digest: `sha256:${hex!}` as const,
    size: Number(size),
    path: path!,
  }));
}

const noFile = (key: string, file: string): LockstepError =>
  new LockstepError('E_DATA_MISSING', {
    what: `no version of "${key}" that can be had has the file "${file}"`,
    allowed: 'the path of a file in the folder',
    fix: 'correct --file',
  });
