import { git } from './git.ts';

export interface Change {
  readonly path: string;
  readonly mode: string;
  /** Null when the path is gone. */
  readonly blob: string | null;
}

/** One commit of the branch, its trailers by name (`event`, `model`, `tag`…). */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly subject: string;
  readonly told: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
}

/** The branch from its first commit on. */
export function historyOf(repository: string, branch: string): Commit[] {
  const format = '--format=%x01%H%x00%P%x00%B%x00';
  const log = git(repository, [
    ...[
      'log',
      '--reverse',
      '--topo-order',
      '--raw',
      '--no-renames',
      '--no-abbrev',
      '-z',
      format,
      branch,
      '--',
    ],
  ]);
  return log.split('\x01').slice(1).map(parseCommit);
}

function parseCommit(text: string): Commit {
  const [id, parents, message, ...rest] = text.split('\0') as [string, string, string, ...string[]];
  const changes: Change[] = [];
  for (let at = 0; at < rest.length; at++) {
    const header = rest[at]!.replace(/^\n/, '');
    if (!header.startsWith(':')) continue;
    const [, mode, , blob, status] = header.slice(1).split(' ') as [string, string, string, string, string];
    changes.push({ mode, blob: status === 'D' ? null : blob, path: rest[++at]! });
  }
  const told: Record<string, string> = {};
  for (const line of message.trimEnd().split('\n').toReversed()) {
    const [, key, value] = /^Lockstep-(\w+): (.*)$/.exec(line) ?? [];
    if (key === undefined) break;
    told[key.toLowerCase()] = value!;
  }
  return { id, parents: parents.split(' ').filter(Boolean), subject: message.split('\n')[0]!, told, changes };
}

/** The folder of an environment that a path lies in: `models/<model>/environments/<environment>`. */
export const folderOf = (path: string): string | null =>
  /^models\/[^/]+\/environments\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;
