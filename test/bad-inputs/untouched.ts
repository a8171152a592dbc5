import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { digestOf, git } from '../../src/workspace/index.ts';
import type { Repository } from './repository.ts';

/** Everything a refused command must leave as it was: each file by its bytes, each ref of both sides. */
export async function stateOf({ root, origin }: Repository): Promise<Record<string, string>> {
  const files = entriesUnder(root, (path) => path !== '.git' && path !== '.lockstep');
  return {
    ...Object.fromEntries(files.map((path) => [path, contentOf(join(root, path))])),
    'git status': await git(['status', '--porcelain'], { cwd: root }),
    'refs here': refsIn(join(root, '.git')),
    'refs at origin': refsIn(origin),
  };
}

/** As they lie there: three hundred repositories, before and after, are a thousand processes for Git to say the same. */
function refsIn(folder: string): string {
  const loose = entriesUnder(join(folder, 'refs'), () => true);
  const files = ['HEAD', 'packed-refs', ...loose.map((path) => `refs/${path}`)];
  return files
    .filter((path) => existsSync(join(folder, path)))
    .map((path) => `${path}: ${readFileSync(join(folder, path), 'utf8')}`)
    .join('');
}

/** What a command may leave behind only while it runs: half-written files, work folders, locks. */
export function leftoversIn({ root }: Repository): string[] {
  const half = entriesUnder(root, (path) => path !== '.git').filter((path) => /\.tmp-\d+-/.test(path));
  const state = join(root, '.lockstep');
  const work = existsSync(join(state, 'work')) ? readdirSync(join(state, 'work')) : [];
  const locks = existsSync(join(state, 'runs', 'locks')) ? readdirSync(join(state, 'runs', 'locks')) : [];
  return [...half, ...work.map((name) => `work/${name}`), ...locks.map((name) => `locks/${name}`)];
}

function entriesUnder(root: string, enter: (path: string) => boolean, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = relative(root, join(folder, entry.name));
    if (!enter(path)) return [];
    return entry.isDirectory() ? entriesUnder(root, enter, join(folder, entry.name)) : [path];
  });
}

function contentOf(path: string): string {
  try {
    return `link to ${readlinkSync(path)}`;
  } catch {
    return digestOf(readFileSync(path));
  }
}
