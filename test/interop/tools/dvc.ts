import { join } from 'node:path';
import { cached } from './cache.ts';
import { openRunner } from './programs.ts';
import { Unavailable } from './unavailable.ts';

/** The same as bench/dvc.ts measures, and the same installation. */
const requirement = 'dvc==3.67.1';

/** The folder of programs of an environment with DVC. Also from source: one of what DVC needs has no wheel. */
export async function dvcPrograms(): Promise<string> {
  const place = await cached('dvc', [requirement], async (folder) => {
    const { tryRun } = openRunner(folder);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement];
    for (const [program, args] of [
      ['python3', ['-m', 'venv', join(folder, 'venv')]],
      [join(folder, 'venv/bin/python'), pip],
    ] as const) {
      const { code, err } = await tryRun(program, args);
      if (code !== 0) throw new Unavailable(`${requirement} can't be installed: ${err.trim().slice(-500)}`);
    }
  });
  return join(place, 'venv/bin');
}
