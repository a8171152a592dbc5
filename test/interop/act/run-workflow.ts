import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Runner } from '../tools/programs.ts';

/** One run of a workflow, as GitHub would start it. */
export interface RunRequest {
  /** `pull-request`. */
  readonly workflow: string;
  /** The checkout whose workflow file runs: of the pull request, or of the default branch. */
  readonly checkout: string;
  readonly event: string;
  readonly payload: object;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface WorkflowRun {
  readonly code: number;
  /** How each job ended by its id; absent for one that did not run. A matrix's jobs count together. */
  readonly jobs: Readonly<Record<string, 'success' | 'failure'>>;
  /** What the steps said, by the job. */
  readonly log: (job: string) => string;
  /** Everything, for people who look for what went wrong. */
  readonly transcript: string;
}

interface Line {
  readonly jobID?: string;
  readonly jobResult?: 'success' | 'failure';
  readonly msg?: string;
}

/** A place for act's caches and workspaces, and the Node on whose PATH JavaScript actions run. */
export interface Host {
  readonly act: string;
  readonly folder: string;
  readonly node: string;
  readonly programs: Runner;
}

const checkoutPin = /actions\/checkout@[0-9a-f]{40}/;

const replacedCheckout = (source: string): string[] => {
  const [pinned] = checkoutPin.exec(source) ?? [];
  return pinned === undefined
    ? []
    : ['--local-repository', `${pinned}=${join(import.meta.dirname, 'checkout')}`];
};

/** Runs a workflow in act's host mode: no container, and the one action from outside replaced by ours. */
export async function runWorkflow(host: Host, request: RunRequest, source: string): Promise<WorkflowRun> {
  const { act, folder, node, programs } = host;
  const payload = join(folder, 'event.json');
  writeFileSync(payload, JSON.stringify(request.payload));
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const args = [
    request.event,
    ...['--workflows', `.github/workflows/lockstep-${request.workflow}.yml`],
    ...['--eventpath', payload],
    ...['--actor', 'ada'],
    ...['ubuntu-latest', 'self-hosted', 'gpu'].flatMap((label) => ['--platform', `${label}=-self-hosted`]),
    ...['--action-cache-path', join(folder, 'act')],
    '--no-cache-server',
    // Its own answer to a checkout is a copy of the work tree, whichever commit was asked for.
    '--no-skip-checkout',
    ...replacedCheckout(source),
    ...pairs('--env', request.env),
    ...pairs('--secret', request.secrets ?? {}),
    '--json',
  ];
  const env = { ...process.env, HOME: home, PATH: `${dirname(node)}:${process.env.PATH}` };
  const { code, out, err } = await programs.tryRun(act, args, { cwd: request.checkout, env });
  return readTranscript(code, out, err);
}

function readTranscript(code: number, out: string, err: string): WorkflowRun {
  const lines = out.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
  const jobs: Record<string, 'success' | 'failure'> = {};
  for (const { jobID, jobResult } of lines)
    if (jobID !== undefined && jobResult !== undefined && jobs[jobID] !== 'failure') jobs[jobID] = jobResult;
  const said = (job?: string) =>
    lines
      .filter(({ jobID }) => job === undefined || jobID === job)
      .map(({ msg = '' }) => msg.trimEnd())
      .join('\n');
  return { code, jobs, log: said, transcript: `${said()}\n${err}` };
}
