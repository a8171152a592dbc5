import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Digest,
  digestOf,
  hexOf,
  isDigest,
  isLockstepError,
  LockstepError,
  parseJson,
  type Workspace,
  writeAtomic,
} from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import { openRemote, type Remote } from '../remote.ts';
import { fetchMap } from '../transfer/fetch-bytes.ts';
import { tombstoneKey } from '../transfer/maps.ts';

/** That bytes were forgotten, and why. Format: docs/formats/remote.md. */
export interface Tombstone {
  /** Of a file's bytes or of a folder's manifest. */
  readonly digest: Digest;
  readonly dataset: string;
  /** Path of a single file of a folder. */
  readonly file?: string;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

const name = 'data.tombstones.json';

/** Those of the work tree, which Git tracks. Errors: E_JSON_*, E_DIGEST_FORMAT. */
export function readTombstones(workspace: Workspace): readonly Tombstone[] {
  const path = join(workspace.root, name);
  if (!existsSync(path)) return [];
  const { value } = parseJson(readFileSync(path), name);
  const { forgotten } = value as { forgotten?: unknown };
  if (Array.isArray(forgotten) && forgotten.every(isTombstone)) return forgotten;
  throw new LockstepError('E_DIGEST_FORMAT', {
    what: 'something that is no tombstone',
    where: { file: name },
    allowed: 'what `lockstep data forget` writes',
    fix: 'restore the file from Git',
  });
}

const isTombstone = (value: unknown): value is Tombstone =>
  isDigest((value as Tombstone | null)?.digest) &&
  (['dataset', 'reason', 'by', 'at'] as const).every((key) => typeof (value as Tombstone)[key] === 'string');

/** A line for each, sorted by digest, so that Git merges two of them. */
export function writeTombstones(workspace: Workspace, tombstones: readonly Tombstone[]): void {
  const distinct = [...new Map(tombstones.map((tombstone) => [tombstone.digest, tombstone])).values()];
  const lines = distinct.sort((a, b) => (a.digest < b.digest ? -1 : 1)).map(print);
  writeAtomic(join(workspace.root, name), `{"v":1,"forgotten":[\n${lines.join(',\n')}\n]}\n`);
}

const print = ({ digest, dataset, file, reason, by, at }: Tombstone): string =>
  JSON.stringify({ digest, dataset, file, reason, by, at });

export async function putTombstone({ bucket }: Remote, tombstone: Tombstone): Promise<void> {
  const bytes = Buffer.from(`{"v":1,${print(tombstone).slice(1)}\n`);
  await bucket.put(tombstoneKey(tombstone.digest), bytes, hexOf(digestOf(bytes)));
}

/** What a remote says of bytes that are not there; null when it never heard of them. */
export async function findTombstone(remote: Remote, digest: Digest): Promise<Tombstone | null> {
  const bytes = await fetchMap(remote, tombstoneKey(digest), 1 << 20);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isTombstone(value) && value.digest === digest ? value : null;
  } catch {
    return null; // Something else lies there.
  }
}

export const forgottenError = (key: string, { digest, reason, by, at }: Tombstone): LockstepError =>
  new LockstepError('E_DATA_FORGOTTEN', {
    what: `"${key}" (${digest}) was forgotten on ${at.slice(0, 10)} by ${by}: ${reason}`,
    allowed: 'data that was not deleted on purpose',
    fix: 'work with a commit from after that, or lock other data in its place',
  });

/** Errors: E_DATA_FORGOTTEN for bytes that a tombstone of the work tree names, wherever a copy may be left. */
export function checkNotForgotten(
  workspace: Workspace,
  objects: Iterable<{ readonly key: string; readonly digest: Digest }>,
): void {
  const tombstones = new Map(readTombstones(workspace).map((tombstone) => [tombstone.digest, tombstone]));
  if (tombstones.size === 0) return;
  for (const { key, digest } of objects) {
    const tombstone = tombstones.get(digest);
    if (tombstone) throw forgottenError(key, tombstone);
  }
}

/** For bytes that are locked again all the same: here and in the remote nothing speaks against them any more. */
export async function withoutTombstones(workspace: Workspace, digests: ReadonlySet<Digest>): Promise<void> {
  const tombstones = readTombstones(workspace);
  const lifted = tombstones.filter(({ digest }) => digests.has(digest));
  if (lifted.length === 0) return;
  const { bucket } = await openRemote(workspace);
  await bucket.remove(lifted.map(({ digest }) => tombstoneKey(digest)));
  writeTombstones(
    workspace,
    tombstones.filter(({ digest }) => !digests.has(digest)),
  );
}

/** What was missing may have been forgotten: then that is the error. */
export async function explainMissing(open: () => Promise<Remote>, error: unknown): Promise<unknown> {
  if (!isLockstepError(error, 'E_OBJECT_MISSING')) return error;
  const [, key, digest] = /"(.*)" \((sha256:[0-9a-f]{64})\)/.exec(error.what) ?? [];
  if (key === undefined) return error;
  const tombstone = await findTombstone(await open(), digest as Digest).catch(() => null);
  return tombstone === null ? error : forgottenError(key, tombstone);
}

/**
 * Before a push from a checkout that may not know yet. Errors: E_DATA_FORGOTTEN for a dataset that the remote lacks
 * because it was forgotten.
 */
export async function checkRemembered(
  remote: Remote,
  entries: readonly { readonly key: string; readonly digest: Digest }[],
): Promise<void> {
  await eachLimited(entries, async ({ key, digest }) => {
    const tombstone = await findTombstone(remote, digest).catch((error: unknown) => {
      if (isLockstepError(error, 'E_REMOTE_FAILED')) return null; // A place that says no to a stranger's key.
      throw error;
    });
    if (tombstone !== null) throw forgottenError(key, tombstone);
  });
}
