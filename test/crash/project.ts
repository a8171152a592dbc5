import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf, exitOf, git } from '../../src/workspace/index.ts';
import { runCli, startCli } from '../bad-inputs/command-line.ts';
import { rowsCsv } from '../bad-inputs/repository.ts';

/** A clone with its bare origin beside it; `../origin.git` is its remote, so that a copy is whole. */
export interface Project {
  readonly folder: string;
  readonly root: string;
  readonly origin: string;
}

export interface Templates extends AsyncDisposable {
  /** Before anything ran; after a run; after `register`. */
  readonly fresh: Project;
  readonly trained: Project;
  readonly registered: Project;
  copy(template: Project, name: string): Project;
}

const projectAt = (folder: string): Project => ({
  folder,
  root: join(folder, 'ada'),
  origin: join(folder, 'origin.git'),
});

/** Runs a command that must work, and gives what it printed as JSON. */
export async function done<T>({ root }: Project, ...args: string[]): Promise<T> {
  const { exit, stdout, stderr } = await runCli(root, [...args, '--json']);
  if (exit !== 0) throw new Error(`lockstep ${args.join(' ')} ended with ${exit}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

export async function makeTemplates(): Promise<Templates> {
  const base = mkdtempSync(join(tmpdir(), 'lockstep-crash-'));
  const copy = (template: Project, name: string): Project => {
    const project = projectAt(join(base, name));
    cpSync(template.folder, project.folder, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    return project;
  };
  const fresh = await makeFresh(projectAt(join(base, 'fresh')));
  const trained = copy(fresh, 'trained');
  await done(trained, 'run', 'toy');
  // The big layer is packed once, in a copy; its cache serves all.
  const registered = copy(trained, 'registered');
  await done(registered, 'register', 'toy');
  cpSync(join(registered.root, '.lockstep/cache'), join(trained.root, '.lockstep/cache'), {
    recursive: true,
  });
  return {
    fresh,
    trained,
    registered,
    copy,
    [Symbol.asyncDispose]: async () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function makeFresh(project: Project): Promise<Project> {
  const { root, origin } = project;
  mkdirSync(root, { recursive: true });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', origin], { cwd: root });
  await git(['init', '--quiet', '--initial-branch=main'], { cwd: root });
  await git(['remote', 'add', 'origin', '../origin.git'], { cwd: root });
  await git(['config', 'user.name', 'ada'], { cwd: root });
  await git(['config', 'user.email', 'ada@example.com'], { cwd: root });
  writeFileSync(join(root, '.gitignore'), '/.lockstep/\n/data/\n');
  writeFileSync(join(root, 'table.csv'), rowsCsv(500));
  await done(project, 'init', 'toy', '--data', 'table.csv', '--target', 'late', '--row-id', 'id');
  const pipeline = join(root, 'pipelines/toy/pipeline.yaml');
  writeFileSync(pipeline, readFileSync(pipeline, 'utf8').replace(/trees: \d+/, 'trees: 5'));
  await git(['add', '--all'], { cwd: root });
  await git(['commit', '--quiet', '-m', 'feat: toy'], { cwd: root });
  await git(['push', '--quiet', 'origin', 'main'], { cwd: root });
  return project;
}

/** Starts a command and kills it without warning; false when it was done before. */
export async function killedAfter({ root }: Project, args: readonly string[], ms: number): Promise<boolean> {
  const child = startCli(root, args);
  child.stdout.resume();
  child.stderr.resume();
  const ended = exitOf(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  const { signal } = await ended;
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

/** Processes that work in this project; Linux tells where each one stands. */
function processesIn({ folder }: Project): string[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => readOr('', () => readlinkSync(`/proc/${pid}/cwd`)).startsWith(folder))
    .map((pid) => readOr(pid, () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')));
}

/** What is still there after a moment in which everything of ours must have ended. */
export async function orphansIn(project: Project): Promise<string[]> {
  for (let waited = 0; waited < 10_000 && processesIn(project).length > 0; waited += 50) await sleep(50);
  return processesIn(project);
}

function readOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** Files that are not what their name promises: objects of another digest, JSON that ends too early. */
export function brokenFilesIn({ root }: Project): string[] {
  const state = join(root, '.lockstep');
  const paths = readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.tmp-/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => {
    const object =
      /sha256[/\\]([0-9a-f]{2})[/\\]?([0-9a-f]{62})$/.exec(path) ?? /sha256[/\\]()([0-9a-f]{64})$/.exec(path);
    if (object) return digestOf(readFileSync(path)) !== `sha256:${object[1]}${object[2]}`;
    return (
      path.endsWith('.json') &&
      readOr('broken', () => String(JSON.parse(readFileSync(path, 'utf8')))) === 'broken'
    );
  });
}
