import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lockName, lockNames, type RootDataset, type Roots, readTombstones } from '../data/index.ts';
import { hasOrigin, knownBranchCommit } from '../registry/index.ts';
import {
  type Digest,
  git,
  readBlobs,
  readTree,
  statePath,
  tryGit,
  type Workspace,
} from '../workspace/index.ts';
import { checkComplete, originTips } from './complete-clone.ts';
import { digestsIn, entriesIn, type Place, readPlaces } from './locks-in-git.ts';

export interface RootOptions {
  /** How far back the default branch's history counts, in days; `all` for whatever any ref reaches. */
  readonly history: number | 'all';
  /** Runs whose records are older (days) need nothing any more. */
  readonly runs: number;
  /** For a remote, which others push to: nothing may be unknown here that origin has. */
  readonly complete: boolean;
  readonly now: number;
}

const dayMs = 86_400_000;

/** data.lock, and what environments train on in its place; of all history also the locks of environments that are gone. */
async function locksOf(workspace: Workspace, history: RootOptions['history']): Promise<string[]> {
  const { root, configuration } = workspace;
  const args = ['--full-history', '--format=', '--name-only', '--relative', '-z', '--', ':(glob)data.*.lock'];
  const known = history === 'all' ? (await tryGit(['log', '--all', ...args], { cwd: root })).stdout : '';
  const configured = configuration.environments.map((environment) => lockName(environment));
  return [...new Set([...lockNames(workspace), ...configured, ...known.split('\0').filter(Boolean)])];
}

/**
 * What must stay: the datasets of data.lock and of environments' own locks in the work tree, in the index, at the tips
 * of all refs (branches, tags, stashes, what origin has), at what runs in environments, and in the recent history of the
 * default branch; the bytes that version tags and recent run records name. Errors: E_GIT where `complete` is asked of a clone that is not.
 */
export async function findRoots(workspace: Workspace, options: RootOptions): Promise<Roots> {
  const { root } = workspace;
  const inGit = (await tryGit(['rev-parse', '--git-dir'], { cwd: root })).status === 0;
  if (options.complete) await checkComplete(root, inGit);
  const objects = new Map<Digest, string>();
  const name = (text: string, why: string) => {
    for (const digest of digestsIn(text)) if (!objects.has(digest)) objects.set(digest, why);
  };
  const datasets = new Datasets();
  const locks = await locksOf(workspace, options.history);
  for (const folder of inGit ? await workTrees(root) : [root]) {
    for (const lock of locks) {
      const file = join(folder, lock);
      if (existsSync(file)) datasets.add(readFileSync(file), 'work tree');
    }
  }
  if (inGit) {
    const places = await placesIn(workspace, options, locks, name);
    for (const { whys, bytes } of await readPlaces(root, places)) datasets.add(bytes, whys[0]!);
  }
  nameRuns(workspace, options.now - options.runs * dayMs, name);
  const tombstones = readTombstones(workspace);
  const folders = tombstones.filter(({ dataset, file }) => dataset.endsWith('/') && file === undefined);
  return {
    datasets: datasets.all(),
    objects,
    forgotten: new Set(tombstones.map(({ digest }) => digest)),
    forgottenFolders: new Set(folders.map(({ digest }) => digest)),
  };
}

class Datasets {
  private readonly found = new Map<string, RootDataset>();
  add(bytes: Buffer, why: string): void {
    for (const { key, digest, folder } of entriesIn(bytes))
      this.found.set(`${digest} ${key}`, this.found.get(`${digest} ${key}`) ?? { key, digest, folder, why });
  }
  all(): RootDataset[] {
    return [...this.found.values()];
  }
}

async function workTrees(root: string): Promise<string[]> {
  const text = await git(['worktree', 'list', '--porcelain'], { cwd: root });
  const others = Array.from(text.matchAll(/^worktree (.+)$/gm), ([, path]) => path!);
  const prefix = await git(['rev-parse', '--show-prefix'], { cwd: root });
  return [root, ...others.map((path) => join(path, prefix)).filter((path) => existsSync(path))];
}

async function placesIn(
  workspace: Workspace,
  { history, complete }: RootOptions,
  locks: readonly string[],
  name: (text: string, why: string) => void,
): Promise<Place[]> {
  const { root } = workspace;
  const lockOf = (why: string) => (treeish: string) =>
    locks.map((lock) => ({ spec: `${treeish}:./${lock}`, why }));
  const index = [':', ':1:', ':2:', ':3:'].flatMap((stage) =>
    locks.map((lock) => ({ spec: `${stage}./${lock}`, why: 'work tree' })),
  );
  const heads = (await git(['worktree', 'list', '--porcelain'], { cwd: root })).matchAll(
    /^HEAD ([0-9a-f]+)$/gm,
  );
  const refs = await git(['for-each-ref', '--format=%(objectname) %(refname)'], { cwd: root });
  const tips = refs
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ') as [string, string]);
  const those = (of: RegExp) => tips.filter(([, ref]) => of.test(ref)).map(([oid]) => oid);
  const origin = complete && (await hasOrigin(root)) ? await originTips(root) : [];
  await nameVersions(root, name);
  return [
    ...index,
    ...Array.from(heads, ([, oid]) => oid!).flatMap(lockOf('work tree')),
    ...those(/^refs\/tags\//).flatMap(lockOf('tags')),
    ...(await environmentCommits(workspace, name)).flatMap(lockOf('environments')),
    ...[...those(/^refs\/(?!tags\/|stash$)/), ...origin].flatMap(lockOf('branches')),
    ...(await stashes(root)).flatMap(lockOf('stash')),
    ...(await changesOfLock(workspace, locks, history)).flatMap(lockOf('history')),
  ];
}

/** Records in version tags name models, golden requests and evaluations. */
async function nameVersions(root: string, name: (text: string, why: string) => void): Promise<void> {
  const text = await git(['for-each-ref', '--format=%(contents)', 'refs/tags/*@v*'], { cwd: root });
  for (const payload of payloadsIn(text)) name(payload, 'tags');
}

/** What runs now, by the commits and digests of its records, whether their tags are still there or not. */
async function environmentCommits(
  workspace: Workspace,
  name: (text: string, why: string) => void,
): Promise<string[]> {
  const { root } = workspace;
  const commit = await knownBranchCommit(workspace);
  const files = commit === null ? [] : await readTree(root, commit, 'models');
  const releases = files.filter(({ path }) => path.endsWith('/release.json')).map(({ oid }) => oid);
  const payloads = [...(await readBlobs(root, releases)).values()].flatMap((bytes) =>
    payloadsIn(bytes.toString()),
  );
  for (const payload of payloads) name(payload, 'environments');
  return payloads.flatMap((payload) =>
    Array.from(payload.matchAll(/"commit":"([0-9a-f]{40,64})"/g), ([, oid]) => oid!),
  );
}

/** Of DSSE envelopes, wherever they stand in a text. */
const payloadsIn = (text: string): string[] =>
  Array.from(text.matchAll(/"payload":\s*"([A-Za-z0-9+/=]+)"/g), ([, base64]) =>
    Buffer.from(base64!, 'base64').toString(),
  );

/** Every stash with the states of index and untracked files that it holds. */
async function stashes(root: string): Promise<string[]> {
  const { status, stdout } = await tryGit(['log', '-g', '--format=%H %P', 'refs/stash'], { cwd: root });
  return status === 0 ? stdout.split(/\s+/).filter(Boolean) : [];
}

/** Commits of the default branch that changed a lock, with the states that they changed it from. */
async function changesOfLock(
  { root }: Workspace,
  locks: readonly string[],
  history: RootOptions['history'],
): Promise<string[]> {
  const known = [
    'refs/remotes/origin/HEAD',
    'refs/remotes/origin/main',
    'refs/remotes/origin/master',
    'refs/heads/main',
    'refs/heads/master',
    'HEAD',
  ];
  const args = ['log', '--full-history', '--format=%ct %H %P'];
  const since = history === 'all' ? 0 : Date.now() / 1000 - history * 86_400;
  for (const branch of history === 'all' ? ['--all'] : known) {
    const { status, stdout } = await tryGit([...args, branch, '--', ...locks], { cwd: root });
    if (status !== 0) continue;
    const lines = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' '));
    return lines.flatMap(([time, ...commits]) => (Number(time) >= since ? commits : []));
  }
  return [];
}

/** Whatever the files of a run's folder name, and the outputs of cached stages. */
function nameRuns(workspace: Workspace, since: number, name: (text: string, why: string) => void): void {
  const runs = statePath(workspace, 'runs');
  for (const run of namesIn(runs)) {
    const isRun = statSync(join(runs, run, 'record.json'), { throwIfNoEntry: false })?.mtimeMs;
    if (run !== 'stages' && !(isRun !== undefined && isRun >= since)) continue;
    for (const file of namesIn(join(runs, run)).filter((entry) => entry.endsWith('.json'))) {
      const path = join(runs, run, file);
      if (run !== 'stages' || statSync(path).mtimeMs >= since) name(readFileSync(path, 'utf8'), 'runs');
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No run yet, or a file.
  }
}
