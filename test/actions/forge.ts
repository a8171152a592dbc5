import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ToyProject, toyProject } from '../../src/commands/test-workspace.ts';
import { git, openWorkspace, type Workspace } from '../../src/workspace/index.ts';
import { type FakeGitHub, type FakeOptions, startGitHub } from '../fakes/github/server.ts';
import type { Pull, Run } from '../fakes/github/state.ts';
import { type Results, startResults } from '../fakes/results/server.ts';
import { commitFiles } from '../git-sandbox.ts';
import { shareLayers } from '../shared-layers.ts';
import { type ActionResult, type ActionRun, runAction } from './run-action.ts';

/** A clone, and beside it in `folder` the bare repository `origin.git` that it pushes to. */
export interface Project extends Workspace, AsyncDisposable {
  readonly folder: string;
}

/** A repository on a GitHub of our own: its API, its artifacts, its Git. */
export interface Forge<P extends Project = ToyProject> extends AsyncDisposable {
  readonly project: P;
  readonly github: FakeGitHub;
  readonly results: Results;
  readonly folder: string;
  /** A fresh checkout, as each job has one. */
  checkout(revision: string): Promise<Workspace>;
  /** Runs an action as a step of a run with this number. */
  step(run: number, name: string, options: ActionRun): Promise<ActionResult>;
  /** Commits a change on a branch of the fork `ada/models`, as pull request 7. */
  pullRequest(files: Record<string, string>, message?: string): Promise<Pull>;
  /** The run that a pull request started, finished. */
  finished(pull: Pull, id: number, over?: Partial<Run>): Run;
}

const fork = { id: 42, full_name: 'ada/models' };

export async function makeForge(options: FakeOptions = {}): Promise<Forge> {
  return forgeAround(await toyProject(), options);
}

/** The same around another project. */
export async function forgeAround<P extends Project>(
  project: P,
  options: FakeOptions = {},
): Promise<Forge<P>> {
  const github = await startGitHub(options);
  const results = await startResults();
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-forge-'));
  let count = 0;
  const forge: Forge<P> = {
    project,
    github,
    results,
    folder,
    async checkout(revision) {
      const root = join(folder, `checkout-${++count}`);
      await git(['clone', '--quiet', join(project.folder, 'origin.git'), root], { cwd: folder });
      await git(['fetch', '--quiet', 'origin', '+refs/pull/*:refs/remotes/pull/*'], { cwd: root });
      await git(['checkout', '--quiet', '--detach', revision], { cwd: root });
      shareLayers(root);
      cpSync(join(project.root, '.data'), join(root, '.data'), { recursive: true });
      return openWorkspace(root);
    },
    async step(run, name, given) {
      const temp = join(folder, `temp-${run}`);
      mkdirSync(temp, { recursive: true });
      const env = {
        GITHUB_API_URL: github.url,
        GITHUB_RUN_ID: String(run),
        ...results.environment(run),
        ...given.env,
      };
      const result = await runAction(name, { temp, ...given, env });
      handOn(github, results, run);
      return result;
    },
    async pullRequest(files, message = 'a change') {
      await git(['switch', '--quiet', '--force-create', 'change', 'origin/main'], { cwd: project.root });
      const sha = await commitFiles(project, files, message);
      await git(['push', '--quiet', '--force', 'origin', 'HEAD:refs/pull/7/head'], { cwd: project.root });
      const base = await git(['rev-parse', 'origin/main'], { cwd: project.root });
      const pull: Pull = {
        number: 7,
        state: 'open',
        merged_at: null,
        merge_commit_sha: null,
        head: { sha, ref: 'change', repo: fork },
        base: { sha: base, ref: 'main' },
      };
      github.state.pulls.splice(0, github.state.pulls.length, pull);
      return pull;
    },
    finished(pull, id, over = {}) {
      const run: Run = {
        id,
        run_attempt: 1,
        event: 'pull_request',
        path: '.github/workflows/lockstep-pull-request.yml',
        head_sha: pull.head.sha,
        head_branch: pull.head.ref,
        head_repository: fork,
        status: 'completed',
        conclusion: 'success',
        ...over,
      };
      github.state.runs.push(run);
      return run;
    },
    async [Symbol.asyncDispose]() {
      await results[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
      await github[Symbol.asyncDispose]();
    },
  };
  return forge;
}

/** What a run uploads to the service, the API lists. */
function handOn(github: FakeGitHub, results: Results, run: number): void {
  for (const stored of results.artifacts.filter((one) => one.done && one.run === String(run))) {
    const id = stored.id + 10_000;
    if (github.state.artifacts.some((one) => one.id === id)) continue;
    const { name, digest } = stored;
    github.state.artifacts.push({ id, run, name, digest, expired: false, zip: results.bytesOf(stored) });
  }
}
