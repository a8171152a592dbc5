import { join } from 'node:path';
import { cached } from './cache.ts';
import { which } from './debian.ts';
import { openRunner } from './programs.ts';
import { Unavailable } from './unavailable.ts';

/** A program built from a pinned module, `github.com/nektos/act@v0.2.87`, once a machine. */
export async function goProgram(module: string): Promise<string> {
  const folder = await cached('go', [module], (place) => build(place, module));
  // A major version at the end of a path is no part of the program's name.
  const path = module.split('@')[0]!.replace(/\/v\d+$/, '');
  return join(folder, path.split('/').at(-1)!);
}

async function build(place: string, module: string): Promise<void> {
  if (which('go') === null)
    throw new Unavailable(`go install ${module} needs Go, which is not on this machine`);
  const { code, err } = await openRunner(place).tryRun('go', ['install', module], {
    env: { ...process.env, GOBIN: place },
  });
  if (code !== 0) throw new Unavailable(`go install ${module} ended with ${code}: ${err.trim()}`);
}
