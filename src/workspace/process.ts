import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { fstatSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';

/** Which file descriptor of a child of ours ends when its parent does. */
const lifelineVariable = 'LOCKSTEP_LIFELINE';

export interface ChildOptions extends Omit<SpawnOptions, 'stdio'> {
  readonly stdin?: 'ignore' | 'pipe' | 'inherit';
  readonly stdout?: 'ignore' | 'pipe' | 'inherit';
  readonly stderr?: 'ignore' | 'pipe' | 'inherit';
  /** Words before the program, which start it with fewer rights (see isolation.ts). */
  readonly prefix?: readonly string[];
}

/**
 * Starts one of our own TypeScript or JavaScript programs on this Node, tied to this process by a pipe: when we
 * end, however that happens (kill -9 too), the child sees the pipe close and ends. Its entry calls `watchParent`.
 */
export function spawnOwn(file: string, args: readonly string[], options: ChildOptions = {}): ChildProcess {
  const {
    stdin = 'ignore',
    stdout = 'inherit',
    stderr = 'inherit',
    env = process.env,
    prefix = [],
    ...rest
  } = options;
  const [program = process.execPath, ...before] = prefix.length > 0 ? [...prefix, process.execPath] : [];
  return spawn(program, [...before, file, ...args], {
    ...rest,
    env: { ...env, [lifelineVariable]: '3' },
    stdio: [stdin, stdout, stderr, 'pipe'],
  });
}

/** In a child: ends this process when the parent is gone. `onEnd` may tidy up first. */
export function watchParent(onEnd: () => void = () => process.exit(1)): void {
  const descriptor = Number(process.env[lifelineVariable] ?? Number.NaN);
  delete process.env[lifelineVariable]; // Grandchildren have other descriptors.
  if (!Number.isInteger(descriptor)) return;
  try {
    fstatSync(descriptor);
  } catch {
    return;
  }
  const lifeline = new Socket({ fd: descriptor, readable: true, writable: false });
  lifeline.on('close', onEnd).on('error', onEnd);
  lifeline.resume().unref();
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

/** Whether a process of this id runs on this host. One that ended and was not yet collected by its parent doesn't. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
