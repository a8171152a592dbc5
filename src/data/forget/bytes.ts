import { type Digest, LockstepError } from '../../workspace/index.ts';
import { findManifest } from '../gc/manifests.ts';
import type { RootDataset } from '../gc/roots.ts';
import { type LockedEntry, lockName } from '../lock/lock-file.ts';
import type { Remote } from '../remote.ts';
import type { Store } from '../store/store.ts';

/** What is asked to be forgotten. */
export interface ForgetTarget {
  readonly key: string;
  /** Of a folder, this file alone. */
  readonly file?: string | undefined;
  /** All that data.lock and environments' own locks ever said of this key. */
  readonly versions: readonly RootDataset[];
  /** What each of them says now; none when the dataset is not locked any more. */
  readonly current: readonly LockedEntry[];
  /** The other datasets that are locked now, whoever locks them: their bytes stay. */
  readonly others: readonly LockedEntry[];
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
  readonly shared: readonly SharedBytes[];
  /** Versions whose manifest is nowhere. */
  readonly unknown: readonly Digest[];
  /** By lock, the current folder without the file; a lock whose folder's manifest is nowhere has none. */
  readonly rest: ReadonlyMap<string, readonly ManifestLine[]>;
  /** Paths that go of what lies under data/. */
  readonly paths: readonly string[];
}

interface SharedBytes {
  readonly digest: Digest;
  readonly key: string;
  readonly lock: string;
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
  const rest = new Map<string, ManifestLine[]>();
  const paths: string[] = [];
  for (const { lock, digest, files } of file === undefined ? [] : current) {
    const lines = files === undefined ? [] : await readLines(remote, store, key, digest);
    if (lines === null) continue;
    rest.set(
      lock,
      lines.filter((line) => !found.has(line.digest)),
    );
    if (lock === lockName())
      paths.push(...lines.filter((line) => found.has(line.digest)).map(({ path }) => path));
  }
  return { files, manifests, shared, unknown, rest, paths };
}

async function sharedWith(
  remote: Remote,
  store: Store,
  others: readonly LockedEntry[],
  found: ReadonlySet<Digest>,
): Promise<SharedBytes[]> {
  const shared: SharedBytes[] = [];
  for (const { key, digest, files, lock } of others) {
    if (found.has(digest)) shared.push({ digest, key, lock });
    if (files === undefined) continue;
    const lines = await readLines(remote, store, key, digest);
    if (lines === null) {
      throw new LockstepError('E_OBJECT_MISSING', {
        what: `the manifest of "${key}" (${digest}) is neither here nor in ${remote.name}, so nobody knows what it shares`,
        where: { file: lock },
        allowed: 'locked folders that can be had',
        fix: `push it from a checkout that has it, or take it out of ${lock}`,
      });
    }
    for (const line of lines)
      if (found.has(line.digest)) shared.push({ digest: line.digest, key: key + line.path, lock });
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
