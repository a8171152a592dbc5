import { readFileSync } from 'node:fs';
import { LockstepError, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';
import type { ManifestFile } from '../manifest.ts';

/** Which files of folders this checkout wants, by key; a folder that is not there is wanted whole. */
export type Sparse = Readonly<Record<string, readonly string[]>>;

const fileOf = (workspace: Workspace): string => statePath(workspace, 'sparse.json');

export function readSparse(workspace: Workspace): Sparse {
  try {
    return JSON.parse(readFileSync(fileOf(workspace), 'utf8')) as Sparse;
  } catch {
    return {};
  }
}

/** `patterns` null: the whole folder again. */
export function writeSparse(workspace: Workspace, key: string, patterns: readonly string[] | null): void {
  const { [key]: _, ...others } = readSparse(workspace);
  const sparse = patterns === null ? others : { ...others, [key]: [...patterns] };
  writeAtomic(fileOf(workspace), `${JSON.stringify(sparse, null, 2)}\n`);
}

/** Tells a path that is wanted: `train/` is a folder, `*` anything but a slash, `**` anything, `?` a character. */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns.map((pattern) => {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*\*\/?|\*|\?/g, (sign) => (sign === '*' ? '[^/]*' : sign === '?' ? '[^/]' : '.*'));
    return new RegExp(`^${source}${pattern.endsWith('/') ? '.*' : '(?:/.*)?'}$`);
  });
  return (path) => rules.some((rule) => rule.test(path));
}

/** The files that a checkout wants. Errors: E_DATA_MISSING when the patterns match none. */
export function wantedFiles(
  files: readonly ManifestFile[],
  patterns: readonly string[] | undefined,
  key: string,
): readonly ManifestFile[] {
  if (patterns === undefined) return files;
  const matches = matcher(patterns);
  const wanted = files.filter(({ path }) => matches(path));
  if (wanted.length > 0) return wanted;
  throw new LockstepError('E_DATA_MISSING', {
    what: `no file of "${key}" matches ${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}`,
    allowed: `a path in the folder such as ${files
      .slice(0, 3)
      .map(({ path }) => path)
      .join(', ')}`,
    fix: `correct --only, or \`lockstep data pull ${key} --whole\``,
  });
}
