import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { warning } from '@actions/core';
import { runnerFolders } from './runner-folders.ts';

/**
 * What tar does to names and links, whoever packed the archive: no name leads upwards or begins at the root, and no
 * link leads anywhere. (The cache client unpacks with `-P`, which trusts both.)
 */
export const tarOptions = [
  'flags=r;s|^/|@/|',
  'flags=r;s|[.][.]|__|g',
  'flags=s;s|.*|nowhere|',
  'flags=h;s|.*|nowhere|',
]
  .map((rule) => `--transform=${rule}`)
  .join(' ');

export interface CacheKeys {
  readonly key: string;
  /** Beginnings of keys whose entry is better than none. */
  readonly otherwise?: readonly string[];
}

export interface Restored {
  /** The key that was found. */
  readonly key: string;
  /** Holds what the cache had, foreign files too: take what you can verify, then remove it. */
  readonly folder: string;
}

/** Unpacks a cache entry into a folder of its own, out of which nothing in it can reach; null when there is none. */
export async function restoreApart(paths: readonly string[], keys: CacheKeys): Promise<Restored | null> {
  const cache = await cacheClient();
  if (cache === null) return null;
  const folder = newFolder();
  const key = await inFolder(folder, { TAR_OPTIONS: tarOptions }, () =>
    cache.restoreCache([...paths], keys.key, [...(keys.otherwise ?? [])]),
  ).catch((error: unknown) => {
    warning(`the cache could not be read (${(error as Error).message}): everything is fetched anew`);
    return undefined;
  });
  if (key !== undefined) return { key, folder };
  rmSync(folder, { recursive: true, force: true });
  return null;
}

/** Keeps `paths` of a folder under a key. What can't be kept costs the next run time, and this one nothing. */
export async function saveFrom(folder: string, paths: readonly string[], key: string): Promise<boolean> {
  const cache = await cacheClient();
  if (cache === null) return false;
  return inFolder(folder, {}, () => cache.saveCache([...paths], key)).then(
    (id) => id !== -1,
    (error: unknown) => {
      warning(`nothing was kept in the cache (${(error as Error).message})`);
      return false;
    },
  );
}

let told = false;

/** Loaded where it is wanted: most actions never cache. Null where nothing can be cached safely; said once. */
async function cacheClient(): Promise<typeof import('@actions/cache') | null> {
  const cache = await import('@actions/cache');
  const why = !cache.isFeatureAvailable()
    ? 'this runner has no cache service'
    : process.platform === 'linux'
      ? null
      : 'only the tar of Linux unpacks a cache safely';
  if (why === null) return cache;
  if (!told) warning(`${why}: everything is fetched anew`);
  told = true;
  return null;
}

/** A folder that the runner empties after the job. */
export function newFolder(): string {
  const parent = join(runnerFolders().temp, 'lockstep');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'cache-'));
}

/** The client takes paths relative to `GITHUB_WORKSPACE`, and gives its environment to tar. */
async function inFolder<T>(
  folder: string,
  env: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const changes: Record<string, string> = { ...env, GITHUB_WORKSPACE: folder };
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  const place = process.cwd();
  Object.assign(process.env, changes);
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(place);
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
