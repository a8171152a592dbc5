import { join } from 'node:path';
import { cached } from '../test/interop/tools/cache.ts';
import { secondsBeside } from './measure.ts';

/** Also from source: one of what DVC needs has no wheel. */
export const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'] as const;

/** `dvc` of an environment of its own, installed once a machine. */
export async function dvcProgram(requirements: readonly string[]): Promise<string> {
  const installed = await cached('dvc', requirements, async (place) => {
    await secondsBeside(['python3', '-m', 'venv', join(place, 'venv')], { cwd: place });
    await secondsBeside([join(place, 'venv/bin/python'), ...pip, ...requirements], { cwd: place });
  });
  return join(installed, 'venv/bin/dvc');
}
