import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGitServer } from '../../fakes/git-server.ts';
import { type FakeGitHub, startGitHub, type Token } from '../../fakes/github/server.ts';
import { type Results, startResults } from '../../fakes/results/server.ts';
import { parseWorkflowFile } from '../../workflows/workflow-file.ts';
import type { Tools } from '../suite.ts';
import { goProgram } from '../tools/go.ts';
import { pushBase } from './base-image.ts';
import type { Change } from './changes.ts';
import { startRegistry } from './registry.ts';
import { startGate } from './registry-gate.ts';
import { makeRepository, type Repository, slug } from './repository.ts';
import { type Host, runWorkflow, type WorkflowRun } from './run-workflow.ts';

/** A repository made from the template, with all of GitHub that its workflows speak to. */
export interface World extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly results: Results;
  readonly repository: Repository;
  /** Its open door, for who looks at what came of it. */
  readonly registry: string;
  /** Pushes a change and opens its pull request. */
  readonly open: (change: Change) => Promise<PullRequest>;
  /** Runs a workflow of ours as it is at a commit; its number is the run's. */
  readonly start: (request: Start) => Promise<Ended>;
}

export interface PullRequest {
  readonly number: number;
  readonly head: string;
  readonly base: string;
}

export interface Start {
  readonly workflow: string;
  readonly event: string;
  readonly payload?: object;
  /** Whose workflow file runs: the default branch's unless stated. */
  readonly at?: string;
  readonly ref?: string;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface Ended extends WorkflowRun {
  readonly id: number;
}

/** A key of `environment:` that act 0.2.87 refuses; it says whether GitHub makes a Deployment, which act never does. */
const tooYoung = /^ {6}deployment: false\n/m;
export const fork = { id: 42, full_name: slug };

export async function makeWorld(tools: Tools): Promise<World> {
  const act = await goProgram('github.com/nektos/act@v0.2.87');
  const tokens: Record<string, Token> = {};
  const open = await startRegistry(tools);
  // Everything is private: what a job reads, it reads with its own token and the permissions of its workflow.
  const gate = await startGate(open, (password, write) => {
    const access = tokens[password]?.permissions?.packages;
    return write ? access === 'write' : access !== undefined;
  });
  const { digest } = await pushBase(open);
  const repository = await makeRepository(tools, {
    images: `${gate.host}/${slug}`,
    base: `${gate.host}/base@${digest}`,
  });
  const [github, results] = [await startGitHub({ repository: slug, tokens }), await startResults()];
  const [pushing, reading]: [string[], string[]] = [[], []];
  const server = await startGitServer({
    root: repository.served,
    tokens: pushing,
    readers: reading,
    private: true,
  });
  shareArtifacts(github, results);
  const host: Host = { act, folder: tools.folder, node: process.execPath, programs: tools.programs };
  // curl takes any name below localhost for the loopback, and the clients of the runner take it for no Enterprise Server.
  const serverUrl = server.url.replace('127.0.0.1', 'github.localhost');
  let last = 100;

  async function start({
    workflow,
    event,
    payload = {},
    at = 'main',
    ref = 'refs/heads/main',
    secrets = {},
  }: Start) {
    const id = ++last;
    const checkout = await repository.checkout(at);
    const file = `.github/workflows/lockstep-${workflow}.yml`;
    const source = readFileSync(join(checkout, file), 'utf8').replace(tooYoung, '');
    writeFileSync(join(checkout, file), source);
    const token = `token-of-run-${id}`;
    tokens[token] = { login: 'github-actions[bot]', permissions: permissionsIn(file, source) };
    (tokens[token].permissions?.contents === 'write' ? pushing : reading).push(token);
    const env = {
      ...results.environment(id),
      GITHUB_SERVER_URL: serverUrl,
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: slug,
      GITHUB_RUN_ID: String(id),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_REF: ref,
      LOCKSTEP_REGISTRY_HOST: gate.host,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    };
    const request = { workflow, checkout, event, env, secrets: { GITHUB_TOKEN: token, ...secrets } };
    const whole = {
      ...payload,
      repository: { full_name: slug, default_branch: 'main', fork: false, is_template: false },
    };
    return { id, ...(await runWorkflow(host, { ...request, payload: whole }, source)) };
  }

  return {
    github,
    results,
    repository,
    registry: open,
    start,
    open: async (change) => {
      const number = github.state.pulls.length + 1;
      const base = await repository.git(['rev-parse', 'main']);
      const head = await repository.push(change, `refs/pull/${number}/head`);
      github.state.pulls.push({
        number,
        state: 'open',
        merged_at: null,
        merge_commit_sha: null,
        head: { sha: head, ref: `change-${number}`, repo: fork },
        base: { sha: base, ref: 'main' },
      });
      return { number, head, base };
    },
    [Symbol.asyncDispose]: async () => {
      for (const part of [github, results, server, gate]) await part[Symbol.asyncDispose]();
    },
  };
}

/** What a runner uploads, the API lists: at once, as the next job of the same run looks for it. */
function shareArtifacts({ state }: FakeGitHub, results: Results): void {
  Object.defineProperty(state, 'artifacts', {
    get: () =>
      results.artifacts
        .filter(({ done }) => done)
        .map((artifact) => ({
          id: artifact.id,
          run: Number(artifact.run),
          name: artifact.name,
          digest: artifact.digest,
          expired: false,
          zip: results.bytesOf(artifact),
        })),
  });
}

/** Those of all jobs together: act has one token for a whole run. */
function permissionsIn(path: string, source: string): Record<string, 'read' | 'write'> {
  const { jobs } = parseWorkflowFile(path, source);
  const all = Object.values(jobs).flatMap(({ permissions }) => Object.entries(permissions ?? {}));
  const writes = all.filter(([, access]) => access === 'write');
  return Object.fromEntries([...all, ...writes]) as Record<string, 'read' | 'write'>;
}

export function assertJobs(run: Ended, jobs: Ended['jobs']): void {
  assert.deepEqual(run.jobs, jobs, `${run.transcript.split('\n').slice(-120).join('\n')}`);
}
