import { mkdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets a repository find what is the same in all images, the layers of Node and the bundled server, where another test
 * left it: to make them takes seconds. Both are named by what went in, and hashed again before they are used.
 */
export function shareLayers(root: string): void {
  mkdirSync(join(root, '.lockstep', 'cache'), { recursive: true });
  for (const kind of ['layers', 'server']) {
    const shared = join(tmpdir(), 'lockstep-test-cache', kind);
    mkdirSync(shared, { recursive: true });
    symlinkSync(shared, join(root, '.lockstep', 'cache', kind), 'junction');
  }
}
