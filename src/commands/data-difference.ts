import {
  changedKeys,
  emptyLock,
  findLock,
  findManifest,
  haveObject,
  type Lock,
  type LockEntry,
  type ManifestFile,
  openStore,
  parseLock,
  readTable,
  sameItem,
} from '../data/index.ts';
import { type TableDifference, tableDifference } from '../monitoring/index.ts';
import {
  amount,
  type Digest,
  type ErrorCode,
  isLockstepError,
  LockstepError,
  readAtCommit,
  resolveCommit,
  type Workspace,
} from '../workspace/index.ts';

export interface Ref {
  readonly digest: Digest;
  readonly size: number;
  readonly files?: number;
}

/** A dataset, or a file in one. Without `before` it is new, without `after` it is gone. */
export interface FileDifference {
  readonly path: string;
  readonly before?: Ref;
  readonly after?: Ref;
}

export interface DatasetDifference extends FileDifference {
  /** Of a folder. */
  readonly files?: readonly FileDifference[];
  /** Of a CSV, TSV or Parquet file that both sides have. */
  readonly table?: TableDifference;
  /** Why there is no look inside, where there could be one. A fault's message may quote a cell; its code does not. */
  readonly unread?: { readonly why: string; readonly code?: ErrorCode };
}

/** One side of a comparison; `commit` is null for the working data.lock. */
export interface LockAt {
  readonly name: string;
  readonly commit: string | null;
  readonly lock: Lock;
}

export interface DifferenceOptions {
  /** Tables with more bytes, on either side, are not opened. */
  readonly mostBytes?: number;
  /** Nor are more tables than have this many bytes together. */
  readonly mostTotal?: number;
}

/** Both tables are in memory, whole. */
const mostTable = 256_000_000;
/** No manifest is asked for beyond this: the remote's time is worth more than a longer list. */
const mostInside = 200;

/** The lock at a revision, or the working one for null. Errors: E_GIT, E_LOCK_*. */
export async function lockAt(workspace: Workspace, revision: string | null): Promise<LockAt> {
  if (revision === null)
    return { name: 'the working data.lock', commit: null, lock: findLock(workspace) ?? emptyLock };
  const commit = await resolveCommit(workspace.root, revision);
  if (commit === null)
    throw new LockstepError('E_GIT', {
      what: `no commit "${revision}"`,
      allowed: 'a branch, tag or commit of this repository',
      fix: 'git fetch, or correct the name',
    });
  const bytes = await readAtCommit(workspace.root, commit, 'data.lock');
  const lock = bytes === null ? emptyLock : parseLock(bytes, `data.lock at ${revision}`);
  return { name: revision, commit, lock };
}

/**
 * What changed from one lock to another: datasets, their files, and inside tables rows, columns and distributions, as
 * far as the bytes are here, in `.data/` of either commit, or in the remote.
 */
export async function dataDifference(
  workspace: Workspace,
  from: LockAt,
  to: LockAt,
  { mostBytes = mostTable, mostTotal = Number.POSITIVE_INFINITY }: DifferenceOptions = {},
): Promise<DatasetDifference[]> {
  const [old, now] = [from, to].map(
    ({ lock }) => new Map(lock.entries.map((entry) => [entry.key, entry])),
  ) as [Map<string, LockEntry>, Map<string, LockEntry>];
  const commits = [from, to].flatMap(({ commit }) => commit ?? []);
  const found: DatasetDifference[] = [];
  let opened = 0;
  for (const [at, path] of changedKeys(from.lock, to.lock).sort().entries()) {
    const [before, after] = [old.get(path), now.get(path)];
    const bytes = (before?.size ?? 0) + (after?.size ?? 0);
    const fits = at < mostInside && opened + bytes <= mostTotal;
    const options = { commits, mostBytes: fits ? mostBytes : 0, mostFetched: fits ? mostBytes : 0 };
    const inside = await lookInside(workspace, before, after, options);
    if ('table' in inside) opened += bytes;
    found.push({ path, ...sides(before, after), ...inside });
  }
  return found;
}

interface Inside {
  readonly commits: readonly string[];
  readonly mostFetched: number;
  readonly mostBytes: number;
}

async function lookInside(
  workspace: Workspace,
  before: LockEntry | undefined,
  after: LockEntry | undefined,
  options: Inside,
): Promise<Pick<DatasetDifference, 'files' | 'table' | 'unread'>> {
  if (before === undefined || after === undefined) return {};
  try {
    return before.files === undefined
      ? await insideTable(workspace, before, after, options)
      : await insideFolder(workspace, before, after, options);
  } catch (error) {
    if (isLockstepError(error)) return { unread: { why: error.message, code: error.code } };
    throw error;
  }
}

async function insideFolder(workspace: Workspace, before: LockEntry, after: LockEntry, options: Inside) {
  const old = await findManifest(workspace, before, options);
  const now = await findManifest(workspace, after, options);
  if (old === null || now === null) return { unread: absent(old === null ? 'before' : 'after') };
  return { files: fileDifferences(old, now) };
}

function fileDifferences(old: readonly ManifestFile[], now: readonly ManifestFile[]): FileDifference[] {
  const before = new Map(old.map((file) => [file.path, file]));
  const after = new Map(now.map((file) => [file.path, file]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => !sameItem(before.get(path), after.get(path)))
    .sort()
    .map((path) => ({ path, ...sides(before.get(path), after.get(path)) }));
}

async function insideTable(workspace: Workspace, before: LockEntry, after: LockEntry, options: Inside) {
  if (!/\.(csv|tsv|parquet)$/i.test(before.key)) return {};
  if (Math.max(before.size, after.size) > options.mostBytes)
    return {
      unread: {
        why:
          options.mostBytes === 0
            ? 'not opened: enough others were'
            : `more than ${amount(options.mostBytes, 'bytes')}: not opened`,
      },
    };
  const store = openStore(workspace);
  for (const [entry, side] of [
    [before, 'before'],
    [after, 'after'],
  ] as const)
    if (!(await haveObject(workspace, entry, options))) return { unread: absent(side) };
  const read = ({ key, digest }: LockEntry) => readTable(store.pathOf(digest), key);
  return { table: tableDifference(await read(before), await read(after)) };
}

const absent = (side: string) => ({ why: `the bytes ${side} are not here, and were not to be had` });

const sides = (before: Ref | undefined, after: Ref | undefined): { before?: Ref; after?: Ref } => ({
  ...(before ? { before: refOf(before) } : {}),
  ...(after ? { after: refOf(after) } : {}),
});

const refOf = ({ digest, size, files }: Ref): Ref => ({
  digest,
  size,
  ...(files === undefined ? {} : { files }),
});
