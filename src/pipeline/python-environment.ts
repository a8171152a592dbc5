import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Digest,
  digestOfJson,
  hexOf,
  LockstepError,
  type Place,
  shown,
  statePath,
  type Workspace,
  withLock,
  writeAtomic,
} from '../workspace/index.ts';
import { preparationFailure } from './python-failure.ts';
import type { RunContext } from './run-context.ts';
import { openStageLog } from './stage-log.ts';
import { environmentPrograms } from './stage-variables.ts';
import { runSupervised } from './supervised-process.ts';

export interface PythonEnvironment {
  /** As declared: "3.12". */
  readonly python: string;
  /** The lock, relative to the repository root, and its bytes' digest. */
  readonly lock: { readonly path: string; readonly digest: Digest };
}

const oneHour = 3_600_000;

/**
 * The root of a prepared virtual environment, made when it is not there: by uv when it is on PATH, else by venv and pip
 * with hashes. One folder per Python, lock and platform. Errors: E_ENVIRONMENT_PREPARE.
 */
export async function prepareEnvironment(
  context: RunContext,
  wanted: PythonEnvironment,
  where: Place,
  onLine: (line: string) => void,
): Promise<string> {
  const { workspace } = context;
  const id = hexOf(digestOfJson({ v: 1, ...wanted, lock: wanted.lock.digest, platform: platformName() }));
  const folder = statePath(workspace, 'environments', id);
  const venv = join(folder, 'venv');
  const ready = join(folder, 'ready.json');
  // The interpreter that a venv links to may have been removed since.
  const isReady = () => existsSync(ready) && existsSync(pythonOf(venv));
  if (isReady()) return venv;
  const lock = { what: `preparing Python ${wanted.python}`, waitMs: oneHour, onWait: onLine };
  return withLock(statePath(workspace, 'environments', `${id}.lock`), lock, async () => {
    if (isReady()) return venv;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      const requirements = join(folder, 'requirements.lock');
      await writeRequirements(context, wanted.lock.path, requirements);
      for (const command of preparation(wanted, venv, requirements, where)) {
        await runStep(workspace, { wanted, command, folder, where, onLine });
      }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    rmSync(logOf(folder), { force: true });
    writeAtomic(ready, `${JSON.stringify(wanted)}\n`);
    return venv;
  });
}

async function writeRequirements({ workspace, pipeline, code }: RunContext, path: string, target: string) {
  if (pipeline.commit === null) await copyFile(join(workspace.root, path), target);
  else await writeFile(target, (await code.read(path))!);
}

const platformName = (): string => `${process.platform}-${process.arch}`;

const pythonOf = (venv: string): string =>
  join(environmentPrograms(venv), process.platform === 'win32' ? 'python.exe' : 'python');

/** Beside the folder, so that it outlives a failed preparation. */
const logOf = (folder: string): string => `${folder}.log`;

function preparation(
  { python }: PythonEnvironment,
  venv: string,
  requirements: string,
  where: Place,
): (readonly string[])[] {
  const own = pythonOf(venv);
  if (versionOf('uv', ['--version']) !== null) {
    return [
      ['uv', 'venv', '--python', python, venv],
      ['uv', 'pip', 'install', '--python', own, '--require-hashes', '-r', requirements],
    ];
  }
  // -I: neither PYTHONPATH nor a pip.py or venv.py of the repository counts for a package that is installed already.
  const pip = ['-I', '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--require-hashes'];
  return [
    [findPython(python, where), '-I', '-m', 'venv', venv],
    [own, ...pip, '-r', requirements],
  ];
}

/** The first interpreter on PATH of the version asked for. */
function findPython(python: string, where: Place): string {
  const seen: string[] = [];
  const minor = python.split('.').slice(0, 2).join('.');
  for (const program of new Set([`python${python}`, `python${minor}`, 'python3', 'python'])) {
    const version = versionOf(program, ['--version'])?.replace(/^Python /, '');
    if (version === undefined) continue;
    if (version === python || version.startsWith(`${python}.`)) return program;
    seen.push(`${program} is ${version}`);
  }
  throw new LockstepError('E_ENVIRONMENT_PREPARE', {
    what: `no Python ${python} on PATH (${seen.join(', ') || 'no Python at all'})`,
    where,
    allowed: `Python ${python}, or uv, which fetches it`,
    fix: `install Python ${python} or uv`,
  });
}

function versionOf(program: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : null;
}

interface PreparationStep {
  readonly wanted: PythonEnvironment;
  readonly command: readonly string[];
  readonly folder: string;
  readonly where: Place;
  readonly onLine: (line: string) => void;
}

/** Runs with the host's whole environment: proxies and indexes are configured there, and hashes decide what comes. */
async function runStep(
  workspace: Workspace,
  { wanted, command, folder, where, onLine }: PreparationStep,
): Promise<void> {
  const log = openStageLog(logOf(folder), onLine);
  const outcome = await runSupervised({
    command,
    timeoutMs: oneHour,
    outcomeFile: join(folder, 'outcome.json'),
    cwd: workspace.root,
    env: process.env as Record<string, string>,
    onOutput: log.write,
  });
  const lines = log.end();
  if (outcome.kind === 'exit' && outcome.code === 0) return;
  throw preparationFailure({
    python: wanted.python,
    platform: platformName(),
    step: `${basename(command[0]!)} ${command.slice(1, 4).join(' ')}`,
    lines,
    log: shown(workspace, logOf(folder)),
    where,
  });
}
