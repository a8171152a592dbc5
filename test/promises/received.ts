import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './checker/git.ts';

const file = 'received.txt';

/** Makes an origin write down every update that it takes. */
export function recordUpdates(origin: string): void {
  mkdirSync(join(origin, 'hooks'), { recursive: true });
  writeFileSync(join(origin, 'hooks/post-receive'), `#!/bin/sh\ncat >> ${file}\n`, { mode: 0o755 });
}

/** Updates of a branch that were no fast-forward, and tags that were moved or deleted. */
export function forcedUpdates(origin: string): {
  readonly updates: number;
  readonly forced: readonly string[];
} {
  const path = join(origin, file);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  const forced = lines.filter((line) => {
    const [before, after, ref] = line.split(' ') as [string, string, string];
    if (/^0+$/.test(before)) return false;
    return /^0+$/.test(after) || !ref.startsWith('refs/heads/') || !isAncestor(origin, before, after);
  });
  return { updates: lines.filter((line) => line.includes(' refs/heads/')).length, forced };
}

function isAncestor(origin: string, before: string, after: string): boolean {
  return git(origin, ['rev-list', '--max-count=1', before, `^${after}`]) === '';
}
