import { existsSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findLock, type LockEntry, objectPath, parseLock, writeLock } from '../../data/index.ts';
import { listPipelines, readPipeline } from '../../pipeline/index.ts';
import { exampleModels } from '../../upgrade/index.ts';
import { git, LockstepError, readAtCommit, type Workspace, writeAtomic } from '../../workspace/index.ts';
import { isLeft, ownContributing, ownManifest, ownReadme } from './files.ts';

/** What a copy of the template is rid of, and what is written in its place. */
export interface OwnPlan {
  /** Files, from the root. */
  readonly removed: readonly string[];
  /** Datasets that only the examples read. */
  readonly datasets: readonly string[];
  readonly written: ReadonlyMap<string, string>;
  readonly lock: readonly LockEntry[] | null;
}

/**
 * What to do so that a copy of the template holds nothing but Lockstep and the team's own. Nothing is changed yet.
 * Errors: E_GIT_DIRTY; E_CONFIG_VALUE for files of ours that were edited since the first commit, unless `force`.
 */
export async function planOwn(
  workspace: Workspace,
  { force }: { readonly force: boolean },
): Promise<OwnPlan> {
  const { root } = workspace;
  const tracked = (await git(['ls-files', '-z'], { cwd: root })).split('\0').filter(Boolean);
  const left = tracked.filter((path) => isLeft(path) && existsSync(join(root, path)));
  if (left.length === 0) return { removed: [], datasets: [], written: new Map(), lock: null };
  await refuseDirty(root);
  await refuseNeeded(workspace, left);
  const edited = await editedHere(root);
  if (!force) refuseEdited(left.filter((path) => edited.has(path)));
  const { gone, kept } = await datasetsOf(workspace);
  const objects = objectsOf(tracked, gone, kept);
  const pages = [
    ['README.md', ownReadme(basename(root))],
    ['CONTRIBUTING.md', ownContributing],
  ] as const;
  return {
    removed: [...left, ...objects].sort(),
    datasets: gone.map(({ key }) => key),
    written: new Map([
      // A page that the team has written, or does without, stays so.
      ...pages.filter(([path]) => tracked.includes(path) && !edited.has(path)),
      ['package.json', ownManifest(readFileSync(join(root, 'package.json'), 'utf8'))],
    ]),
    lock: gone.length > 0 ? kept : null,
  };
}

/** Changes the work tree alone: Git has everything as it was. */
export function applyOwn(workspace: Workspace, { removed, written, lock }: OwnPlan): void {
  const { root } = workspace;
  for (const [path, text] of written) writeAtomic(join(root, path), text);
  if (lock !== null) writeLock(workspace, { entries: lock });
  for (const path of removed) {
    rmSync(join(root, path), { force: true });
    removeEmpty(root, dirname(path));
  }
}

/** A folder that holds nothing now, and those around it that it was all of. */
function removeEmpty(root: string, folder: string): void {
  if (folder === '.') return;
  try {
    rmdirSync(join(root, folder));
  } catch {
    return; // Somebody's file is in it.
  }
  removeEmpty(root, dirname(folder));
}

async function refuseDirty(root: string): Promise<void> {
  const changes = await git(['status', '--porcelain', '--untracked-files=no'], { cwd: root });
  if (changes === '') return;
  throw new LockstepError('E_GIT_DIRTY', {
    what: `${changes.split('\n').length} files here are not as they were committed`,
    allowed: 'a clean work tree, so that Git has what is removed',
    fix: 'commit or restore them (git status), then run it again',
  });
}

const firstCommit = async (root: string): Promise<string> =>
  (await git(['rev-list', '--max-parents=0', 'HEAD'], { cwd: root })).split('\n')[0]!;

/** Files that are not as in the first commit, which in a copy is the template as it was. */
async function editedHere(root: string): Promise<ReadonlySet<string>> {
  const first = await firstCommit(root);
  const names = ['diff', '--name-only', '--no-renames', '-z', first, 'HEAD'];
  return new Set((await git(names, { cwd: root })).split('\0').filter(Boolean));
}

function refuseEdited(ours: readonly string[]): void {
  if (ours.length === 0) return;
  const some = ours.slice(0, 5).join(', ');
  throw new LockstepError('E_CONFIG_VALUE', {
    what: `${ours.length} files that would go were changed here: ${some}${ours.length > 5 ? ', …' : ''}`,
    allowed: 'examples and tests as they came with the template',
    fix: 'give what is yours a name of its own, or add --force: Git has what they were',
  });
}

/** A pipeline of the team's may have grown out of an example, and still read its files. */
async function refuseNeeded(workspace: Workspace, left: readonly string[]): Promise<void> {
  for (const model of listPipelines(workspace).filter((name) => !exampleModels.includes(name))) {
    const { file } = await readPipeline(workspace, model);
    const inputs = Object.values(file.stages).flatMap((stage) => stage.inputs ?? []);
    const needed = inputs.find((input) => {
      const path = input.slice(1).replace(/\/?$/, '/');
      return input.startsWith('/') && left.some((one) => `${one}/`.startsWith(path));
    });
    if (needed === undefined) continue;
    throw new LockstepError('E_CONFIG_VALUE', {
      what: `${model} reads ${needed}, which would go`,
      where: { file: `pipelines/${model}/pipeline.yaml` },
      allowed: 'pipelines that need nothing of the examples',
      fix: `copy it into pipelines/${model}/, and name the copy`,
    });
  }
}

/** Datasets that shipped with the examples, and that no pipeline of the team's reads, and the others. */
async function datasetsOf(workspace: Workspace): Promise<{ gone: LockEntry[]; kept: LockEntry[] }> {
  const entries = findLock(workspace)?.entries ?? [];
  const [examples, own] = [new Set<string>(), new Set<string>()];
  for (const model of listPipelines(workspace)) {
    const { file } = await readPipeline(workspace, model);
    const keys = Object.values(file.stages).flatMap(({ inputs = [] }) => inputs);
    for (const key of keys) (exampleModels.includes(model) ? examples : own).add(key);
  }
  const first = await readAtCommit(workspace.root, await firstCommit(workspace.root), 'data.lock');
  const shipped = first === null ? [] : parseLock(first, 'data.lock').entries;
  const only = ({ key, digest }: LockEntry) =>
    examples.has(`data:${key}`) &&
    !own.has(`data:${key}`) &&
    shipped.some((entry) => entry.key === key && entry.digest === digest);
  return { gone: entries.filter(only), kept: entries.filter((entry) => !only(entry)) };
}

/** Those of the embedded remote. */
function objectsOf(tracked: readonly string[], gone: readonly LockEntry[], kept: readonly LockEntry[]) {
  const needed = new Set(kept.map(({ digest }) => digest));
  const unneeded = gone.filter(({ digest }) => !needed.has(digest));
  const paths = new Set(unneeded.map(({ digest }) => `.data/${objectPath(digest)}`));
  return tracked.filter((path) => paths.has(path));
}
