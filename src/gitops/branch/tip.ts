import {
  branchKeysFile,
  environmentsRemote,
  fetchedRef,
  fetchRefs,
  hasOrigin,
  knownBranchCommit,
  localRefs,
  remoteRefs,
} from '../../registry/index.ts';
import {
  eachBlob,
  git,
  isLockstepError,
  readBlobs,
  readTree,
  resolveCommit,
  type TreeEntry,
  type Workspace,
} from '../../workspace/index.ts';
import { type FolderFile, folderOf, placeOf } from '../folder/environment-folder.ts';

/** The branch `environments` at one commit: what runs where. */
export interface Tip {
  /** Null before the first promotion. */
  readonly commit: string | null;
  readonly entries: readonly TreeEntry[];
  /** Where it was read: at origin just now, as last fetched because origin could not be asked, or here alone. */
  readonly source: 'origin' | 'last fetched' | 'local';
  /** True when the model's tags at origin are not all what this clone had before it asked. */
  readonly newTags: boolean;
}

export { fetchedRef };
export const branchRef = ({ configuration }: Workspace): string =>
  `refs/heads/${configuration.gitops.branch}`;

/**
 * Whether the branch is Lockstep's alone, so that any other file on it is a stray. Another branch that configuration
 * names (main, say) may hold what it likes: of that only the environments, holds and keys are read and written.
 */
export const isOwnBranch = ({ configuration }: Workspace): boolean =>
  configuration.gitops.branch === 'environments';

/** Whether changes go onto branches of their own, for people to merge. */
export const isProposed = ({ configuration }: Workspace): boolean =>
  configuration.gitops.mode === 'pull-request';

/** Whether the promotion's tag is made by itself: the commit goes to another repository, or is merged by people. */
export const tagStandsAlone = (workspace: Workspace): boolean =>
  workspace.configuration.gitops.repository !== null || isProposed(workspace);

/** What the history of one model's environments is found by. */
export const historyPaths = (model: string): string[] => [
  `:(glob)models/${model}/environments/**`,
  `:(glob)models/${model}/holds.yaml`,
];

/** The same, with what was recorded of them: no event, and part of what stood at a moment. */
export const momentPaths = (model: string): string[] => [
  ...historyPaths(model),
  `:(glob)models/${model}/observed/*.json`,
];

export interface TipOptions {
  /** Also bring this model's tags up to date. */
  readonly tagsOf?: string;
  /** `required` (for whoever writes) fails when origin can't be reached, `try` takes what was fetched last. */
  readonly ask?: 'required' | 'try' | 'never';
}

/**
 * Reads the branch: from origin where there is one (asked, and fetched only when something is new), else the local
 * branch. Errors: E_GIT when origin can't be reached and `ask` is `required`.
 */
export async function readTip(workspace: Workspace, options: TipOptions = {}): Promise<Tip> {
  const { root } = workspace;
  const remote = await environmentsRemote(workspace);
  if (remote === null) return tipAt(workspace, await resolveCommit(root, branchRef(workspace)), 'local');
  const { source, newTags } = await refresh(workspace, remote, options);
  const commit =
    source === 'origin' ? await resolveCommit(root, fetchedRef) : await knownBranchCommit(workspace);
  return { ...(await tipAt(workspace, commit, source)), newTags };
}

async function refresh(
  workspace: Workspace,
  remote: string,
  { tagsOf, ask = 'try' }: TipOptions,
): Promise<Pick<Tip, 'source' | 'newTags'>> {
  if (ask === 'never') return { source: 'last fetched', newTags: false };
  try {
    return { source: 'origin', newTags: await sync(workspace, remote, tagsOf) };
  } catch (error) {
    if (ask === 'required' || !isLockstepError(error, 'E_GIT')) throw error;
    return { source: 'last fetched', newTags: false };
  }
}

/** A tag that moved stays as it is here: whoever reads it finds out and refuses. */
async function sync(workspace: Workspace, remote: string, model: string | undefined): Promise<boolean> {
  const { root } = workspace;
  const branch = branchRef(workspace);
  const patterns = model === undefined ? [] : [`refs/tags/${model}@*`, `refs/tags/${model}#*`];
  const twoRemotes = remote !== 'origin' && patterns.length > 0 && (await hasOrigin(root));
  const [there, tagged, local] = await Promise.all([
    remoteRefs(root, remote === 'origin' ? [branch, ...patterns] : [branch], remote),
    twoRemotes ? remoteRefs(root, patterns) : null,
    localRefs(root, [fetchedRef, ...patterns]),
  ]);
  const tip = there.get(branch);
  const moved = tip !== undefined && tip !== local.get(fetchedRef) ? [`+${branch}:${fetchedRef}`] : [];
  const tags = [...(tagged ?? there)].filter(([ref]) => ref.startsWith('refs/tags/'));
  const missing = tags.filter(([ref]) => !local.has(ref)).map(([ref]) => `${ref}:${ref}`);
  await fetchRefs(root, tagged === null ? [...moved, ...missing] : moved, remote);
  if (tagged !== null) await fetchRefs(root, missing);
  if (tip === undefined && local.has(fetchedRef)) await git(['update-ref', '-d', fetchedRef], { cwd: root });
  return tags.some(([ref, object]) => local.get(ref) !== object);
}

export async function tipAt(
  workspace: Workspace,
  commit: string | null,
  source: Tip['source'],
): Promise<Tip> {
  const entries = commit === null ? [] : await readEntries(workspace, commit);
  return { commit, source, newTags: false, entries };
}

async function readEntries(workspace: Workspace, commit: string): Promise<TreeEntry[]> {
  const { root } = workspace;
  if (isOwnBranch(workspace)) return readTree(root, commit);
  const [models, keys] = await Promise.all([
    readTree(root, commit, 'models'),
    git(['ls-tree', '--full-tree', commit, '--', branchKeysFile], { cwd: root }),
  ]);
  const [mode, , oid] = keys.split(/\s/);
  return [
    ...(mode && oid ? [{ mode, oid, path: branchKeysFile }] : []),
    ...models.filter(({ path }) => placeOf(path) !== null || /^models\/[^/]+\/environments\//.test(path)),
  ];
}

/** One environment's folder, paths relative to it; null when the branch has none. */
export async function readFolder(
  workspace: Workspace,
  tip: Tip,
  model: string,
  environment: string,
): Promise<FolderFile[] | null> {
  const prefix = `${folderOf(model, environment)}/`;
  const entries = tip.entries.filter(({ path }) => path.startsWith(prefix));
  if (entries.length === 0) return null;
  const blobs = await readBlobs(
    workspace.root,
    entries.map(({ oid }) => oid),
  );
  return folderFiles(entries, prefix, blobs);
}

const folderFiles = (
  entries: readonly TreeEntry[],
  prefix: string,
  blobs: ReadonlyMap<string, Buffer>,
): FolderFile[] =>
  entries.map(({ path, mode, oid }) => ({
    path: path.slice(prefix.length),
    mode,
    bytes: blobs.get(oid) ?? Buffer.alloc(0),
  }));

export interface Folder {
  readonly model: string;
  readonly environment: string;
  readonly files: readonly FolderFile[];
}

/** One environment's folder as the tree lists it: nothing of it is read. */
export interface FolderEntries {
  readonly model: string;
  readonly environment: string;
  readonly entries: readonly TreeEntry[];
}

/** Every environment's folder on the branch. */
export function foldersOf(tip: Tip): FolderEntries[] {
  const groups = new Map<string, FolderEntries & { entries: TreeEntry[] }>();
  for (const entry of tip.entries) {
    const place = placeOf(entry.path);
    if (place?.kind !== 'folder') continue;
    const { model, environment } = place;
    const key = folderOf(model, environment);
    const group = groups.get(key) ?? { model, environment, entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The files of these folders, of all that the branch has unless named, in one git process. */
export async function readFolders(
  workspace: Workspace,
  tip: Tip,
  folders: readonly FolderEntries[] = foldersOf(tip),
): Promise<Folder[]> {
  const found: Folder[] = [];
  for await (const folder of eachFolder(workspace, folders)) found.push(folder);
  return found;
}

/** The same one by one, while git still reads the next. */
export async function* eachFolder(
  { root }: Workspace,
  folders: readonly FolderEntries[],
): AsyncGenerator<Folder> {
  const blobs = new Map<string, Buffer>();
  await using reading = eachBlob(
    root,
    folders.flatMap(({ entries }) => entries.map(({ oid }) => oid)),
  );
  for (const { model, environment, entries } of folders) {
    for (const { oid } of entries) {
      while (!blobs.has(oid)) {
        const next = await reading.next();
        if (next.done) break;
        blobs.set(...next.value);
      }
    }
    yield { model, environment, files: folderFiles(entries, `${folderOf(model, environment)}/`, blobs) };
  }
}
