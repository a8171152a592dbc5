import { spawnSync } from 'node:child_process';

/** What git prints, as bytes. Throws with git's own words when it fails. */
export function gitBytes(repository: string, args: readonly string[], input?: string | Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'safe.directory=*', '-C', repository, ...args], {
    ...(input === undefined ? {} : { input }),
    maxBuffer: 256 << 20,
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')} in ${repository}: ${stderr}`);
  return stdout;
}

export const git = (repository: string, args: readonly string[], input?: string | Uint8Array): string =>
  gitBytes(repository, args, input).toString().replace(/\n$/, '');

/** Objects by id, of whatever type, in one process. */
export function readObjects(repository: string, ids: Iterable<string>): Map<string, Buffer> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const all = gitBytes(repository, ['cat-file', '--batch'], `${wanted.join('\n')}\n`);
  const found = new Map<string, Buffer>();
  let at = 0;
  for (const id of wanted) {
    const lineEnd = all.indexOf('\n', at);
    const [, type, size] = all.toString('utf8', at, lineEnd).split(' ');
    if (type === 'missing' || size === undefined) throw new Error(`${repository} has no object ${id}`);
    found.set(id, all.subarray(lineEnd + 1, lineEnd + 1 + Number(size)));
    at = lineEnd + 2 + Number(size);
  }
  return found;
}

/** The object a ref names, or null. */
export function refOf(repository: string, ref: string): string | null {
  return git(repository, ['for-each-ref', '--format=%(objectname)', ref]) || null;
}

/** Every ref and its object. */
export function refsOf(repository: string): Map<string, string> {
  const lines = git(repository, ['for-each-ref', '--format=%(objectname) %(refname)']).split('\n');
  return new Map(lines.filter(Boolean).map((line) => [line.slice(41), line.slice(0, 40)]));
}
