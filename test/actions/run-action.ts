import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { programOf } from '../programs/own-program.ts';
import { parseCommands, type RunnerCommand } from './runner-commands.ts';

const root = dirname(dirname(import.meta.dirname));

export interface ActionRun {
  /** Inputs as a workflow gives them; the defaults of action.yml for the others. */
  readonly with?: Readonly<Record<string, string>>;
  /** Of the job. */
  readonly env?: Readonly<Record<string, string>>;
  readonly eventName?: string;
  readonly event?: object;
  /** Where the repository is checked out. */
  readonly workspace: string;
  /** Of the runner; kept by who passes it, for the next step of the same job. */
  readonly temp?: string;
  /** The committed bundle, or one of the source as it is now. */
  readonly from?: 'bundle' | 'source';
  /** Runs what the action does after its job instead, with the state that it kept. */
  readonly post?: Readonly<Record<string, string>>;
  /** Given what ends it without warning. */
  readonly started?: (kill: () => void) => void;
  /** After so many milliseconds it is killed. */
  readonly timeout?: number;
}

export interface ActionResult {
  readonly exit: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** What it set for the steps after it. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that it put before PATH for the steps after it. */
  readonly path: readonly string[];
  /** What it keeps for its post step. */
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Everything it printed. */
  readonly log: string;
  /** What a runner takes from that for itself: annotations, masks, groups. */
  readonly commands: readonly RunnerCommand[];
  readonly errors: readonly string[];
  readonly seconds: number;
}

interface Manifest {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown; readonly required?: boolean }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

/**
 * Runs an action as GitHub's runner does: `INPUT_*` with the defaults of action.yml, files for outputs, environment and
 * summary, the event as a file, workflow commands read from what it prints. Its environment holds what a runner gives.
 */
export async function runAction(name: string, options: ActionRun): Promise<ActionResult> {
  const folder = join(root, 'actions', name);
  const manifest = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as Manifest;
  if (manifest.runs.using !== 'node24') throw new Error(`${name} runs on ${manifest.runs.using}`);
  const program = programFor(name, folder, manifest, options);
  const own = mkdtempSync(join(tmpdir(), `lockstep-step-${name}-`));
  const started = performance.now();
  try {
    const files = ['output', 'env', 'path', 'state', 'summary'].map(
      (kind) => [kind, join(own, kind)] as const,
    );
    for (const [, path] of files) writeFileSync(path, '');
    const fileOf = Object.fromEntries(files) as Record<string, string>;
    const { exit, log } = await start(
      program,
      options.workspace,
      environment(manifest, options, own, fileOf),
      options,
    );
    const commands = parseCommands(log);
    return {
      exit,
      log,
      commands,
      errors: commands.filter(({ command }) => command === 'error').map(({ message }) => message),
      outputs: readPairs(fileOf.output!),
      env: readPairs(fileOf.env!),
      path: readFileSync(fileOf.path!, 'utf8').split('\n').filter(Boolean),
      state: readPairs(fileOf.state!),
      summary: readFileSync(fileOf.summary!, 'utf8'),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function programFor(name: string, folder: string, { runs }: Manifest, run: ActionRun): string {
  const { from = 'source', post } = run;
  if (post !== undefined && runs.post === undefined)
    throw new Error('this action does nothing after its job');
  if (from === 'bundle') return join(folder, post === undefined ? runs.main : runs.post!);
  return post === undefined
    ? (programOf(`${name}.js`) ?? join(folder, 'main.ts'))
    : (programOf(`${name}-post.js`) ?? join(folder, 'post.ts'));
}

function environment(
  manifest: Manifest,
  run: ActionRun,
  own: string,
  files: Record<string, string>,
): Record<string, string> {
  const { event = {}, eventName = 'push', workspace, temp = join(own, 'temp') } = run;
  mkdirSync(temp, { recursive: true });
  writeFileSync(join(own, 'event.json'), JSON.stringify(event));
  const defaults = Object.entries(manifest.inputs ?? {}).map(([name, input]) => [
    name,
    String(input.default ?? ''),
  ]);
  const inputs = { ...Object.fromEntries(defaults), ...run.with };
  return {
    PATH: process.env.PATH ?? '',
    HOME: own,
    CI: 'true',
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [
        `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
        value,
      ]),
    ),
    ...Object.fromEntries(Object.entries(run.post ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: join(own, 'event.json'),
    GITHUB_REPOSITORY: 'acme/models',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_ACTOR: 'ada',
    GITHUB_OUTPUT: files.output!,
    GITHUB_ENV: files.env!,
    GITHUB_PATH: files.path!,
    GITHUB_STATE: files.state!,
    GITHUB_STEP_SUMMARY: files.summary!,
    RUNNER_TEMP: temp,
    RUNNER_OS: 'Linux',
    GIT_CONFIG_GLOBAL: join(root, 'test/git-configuration'),
    GIT_CONFIG_NOSYSTEM: '1',
    // Ours alone: half the time that the source takes to start.
    NODE_COMPILE_CACHE: join(root, '.lockstep/cache/compiled'),
    ...run.env,
  };
}

function start(
  program: string,
  cwd: string,
  env: Record<string, string>,
  { started, timeout = 60_000 }: ActionRun,
): Promise<{ exit: number; log: string }> {
  if (!existsSync(program)) throw new Error(`there is no ${program}: node scripts/run.mjs bundle`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    started?.(() => child.kill('SIGKILL'));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        log += String(chunk);
      });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ exit: code ?? 1, log });
    });
  });
}

/** `name=value` lines, and values of several lines between delimiters. */
function readPairs(path: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = readFileSync(path, 'utf8').split('\n');
  for (let at = 0; at < lines.length; at++) {
    const several = /^(.+?)<<(.+)$/.exec(lines[at]!);
    if (several) {
      const end = lines.indexOf(several[2]!, at);
      pairs[several[1]!] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (lines[at]!.includes('=')) {
      const [name] = lines[at]!.split('=', 1);
      pairs[name!] = lines[at]!.slice(name!.length + 1);
    }
  }
  return pairs;
}
