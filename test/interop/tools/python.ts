import { join } from 'node:path';
import { cached, findCached } from './cache.ts';
import { installPackages, which } from './debian.ts';
import { openRunner } from './programs.ts';
import { Unavailable } from './unavailable.ts';

/** The Python of a virtual environment that holds exactly these requirements (and what they need). */
export async function pythonWith(requirements: readonly string[]): Promise<string> {
  const folder = await cached('python', requirements, (place) => make(place, requirements));
  return join(folder, 'venv', 'bin', 'python');
}

/** That Python, if a suite has installed it on this machine. */
export function findPython(requirements: readonly string[]): string | null {
  const folder = findCached('python', requirements);
  return folder === null ? null : join(folder, 'venv', 'bin', 'python');
}

async function make(place: string, requirements: readonly string[]): Promise<void> {
  const { tryRun } = openRunner(place);
  const venv = join(place, 'venv');
  const created = (python: string) => tryRun(python, ['-m', 'venv', '--clear', venv]);
  if (which('python3') === null || (await created('python3')).code !== 0) {
    // Debian ships the module venv apart from Python.
    await installPackages(['python3', 'python3-venv']);
    const { code, err, out } = await created('/usr/bin/python3');
    if (code !== 0) throw new Unavailable(`python3 -m venv ended with ${code}: ${(err + out).trim()}`);
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  const { code, err } = await tryRun(join(venv, 'bin', 'python'), [...pip, ...requirements]);
  if (code !== 0)
    throw new Unavailable(`pip install ${requirements.join(' ')} ended with ${code}: ${err.trim()}`);
}
