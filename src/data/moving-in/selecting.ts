import { LockstepError, nearest } from '../../workspace/index.ts';

/** Those that `only` names, each by itself or by a folder above it. Errors: E_DATA_MISSING for a path that names none. */
export function chosen<T extends { readonly path: string }>(
  all: readonly T[],
  only: readonly string[] | undefined,
): readonly T[] {
  if (only === undefined || only.length === 0) return all;
  const wanted = only.map((path) =>
    path
      .replace(/^\.\//, '')
      .replace(/\/+$/, '')
      .replace(/\.dvc$/, ''),
  );
  const isBelow = (path: string, name: string) => path === name || path.startsWith(`${name}/`);
  for (const name of wanted) {
    if (all.some(({ path }) => isBelow(path, name))) continue;
    const near = nearest(
      name,
      all.map(({ path }) => path),
    );
    throw new LockstepError('E_DATA_MISSING', {
      what: `nothing to import at ${name}`,
      allowed: 'a path as the source names it, or a folder above some',
      fix: near === undefined ? 'leave --only out to see what there is' : `did you mean ${near}?`,
    });
  }
  return all.filter(({ path }) => wanted.some((name) => isBelow(path, name)));
}

/** The key of what lies at a path of the source: without its own `data/`, below the prefix of `--as`. */
export function keyUnder(prefix: string | undefined, path: string, folder: boolean): string {
  const above = (prefix ?? '').replace(/^data\//, '').replace(/\/+$/, '');
  const own = path.replace(/^data\/(?=.)/, '');
  return `${above === '' ? '' : `${above}/`}${own}${folder ? '/' : ''}`;
}
