import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { openRunner } from './programs.ts';
import { Unavailable } from './unavailable.ts';

/** A `node_modules` outside the repository with these pinned packages; no install script runs. */
export async function modulesWith(packages: readonly string[]): Promise<string> {
  const folder = await cached('npm', packages, async (place) => {
    writeFileSync(join(place, 'package.json'), '{"private": true}\n');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...packages];
    const { code, err } = await openRunner(place).tryRun('npm', args);
    if (code !== 0)
      throw new Unavailable(`npm install ${packages.join(' ')} ended with ${code}: ${err.trim()}`);
  });
  return join(folder, 'node_modules');
}
