import { type Lock, parseLock, type RootDataset } from '../data/index.ts';
import {
  type Digest,
  git,
  gitBlobs,
  isLockstepError,
  readAtCommit,
  type Workspace,
} from '../workspace/index.ts';

/** A lock that some commit, index or folder has. */
export interface Place {
  /** As `git cat-file` takes it, for instance `<commit>:./data.lock`. */
  readonly spec: string;
  readonly why: string;
}

/** A lock as a commit has it; null where it has none. Errors: those of a bad lock. */
export async function lockAt({ root }: Workspace, commit: string, name: string): Promise<Lock | null> {
  const bytes = await readAtCommit(root, commit, `./${name}`);
  return bytes === null ? null : parseLock(bytes, name);
}

/** The locks at some places, each distinct one once, with all who have it. */
export async function readPlaces(
  root: string,
  places: readonly Place[],
): Promise<{ whys: readonly string[]; bytes: Buffer }[]> {
  const input = `${places.map(({ spec }) => spec).join('\n')}\n`;
  const args = ['cat-file', '--batch-check=%(objecttype) %(objectname)'];
  const found = places.length === 0 ? [] : (await git(args, { cwd: root, input })).split('\n');
  const whys = new Map<string, string[]>();
  for (const [at, { why }] of places.entries()) {
    const [type, oid = ''] = found[at]!.split(' ');
    if (type !== 'blob') continue;
    const those = whys.get(oid);
    if (those) those.push(why);
    else whys.set(oid, [why]);
  }
  const blobs = await gitBlobs([...whys.keys()], { cwd: root });
  return [...whys.values()].map((those, at) => ({ whys: those, bytes: blobs[at]! }));
}

/** Of a lock that does not parse (a merge's conflict, an older form) every digest counts, as whatever it may be. */
export function entriesIn(bytes: Buffer): Omit<RootDataset, 'why'>[] {
  try {
    return parseLock(bytes).entries.map(({ key, digest, files }) => ({
      key,
      digest,
      folder: files !== undefined,
    }));
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    return digestsIn(bytes.toString()).map((digest) => ({
      key: 'a damaged data.lock',
      digest,
      folder: true,
    }));
  }
}

export const digestsIn = (text: string): Digest[] =>
  (text.match(/sha256:[0-9a-f]{64}/g) as Digest[] | null) ?? [];
