import { type GitResult, git, printable, tryGit } from '../workspace/index.ts';

/** Where versions and promotion tags are, and the environments unless configuration says otherwise. */
const origin = 'origin';

export const hasOrigin = async (cwd: string): Promise<boolean> =>
  (await tryGit(['remote', 'get-url', origin], { cwd })).status === 0;

/** Full ref name → object id (of the tag object itself), as the remote has them now. Errors: E_GIT. */
export async function remoteRefs(
  cwd: string,
  patterns: readonly string[],
  remote = origin,
): Promise<Map<string, string>> {
  // Who wants branches alone is not told ten thousand tags.
  const isBranches = patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('refs/heads/'));
  const kind = isBranches ? ['--heads'] : [];
  const text = await git(['ls-remote', '--refs', ...kind, remote, ...patterns], { cwd });
  return refMap(text, '\t');
}

export async function localRefs(cwd: string, patterns: readonly string[]): Promise<Map<string, string>> {
  return refMap(await git(['for-each-ref', '--format=%(objectname) %(refname)', ...patterns], { cwd }), ' ');
}

const refMap = (text: string, separator: string): Map<string, string> =>
  new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(line.indexOf(separator) + 1), line.slice(0, line.indexOf(separator))]),
  );

/** Fetches exactly these refspecs; nothing else of the clone changes. */
export async function fetchRefs(cwd: string, refspecs: readonly string[], remote = origin): Promise<void> {
  if (refspecs.length === 0) return;
  await git(
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--recurse-submodules=no',
      '--stdin',
      remote,
    ],
    { cwd, input: `${refspecs.join('\n')}\n` },
  );
}

export type PushOutcome =
  | { readonly kind: 'pushed' }
  /** Somebody else was first: the ref is no longer what we built on. */
  | { readonly kind: 'moved'; readonly reason: string }
  /** The remote does not want it, whoever comes first: a hook, a rule, a right that is missing. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * One atomic push without force: a branch moves only forward from what we built on, a tag is only created, and
 * either all of it happens or nothing. Wordings of refusals differ (`fetch first`, `failed to update ref`, rules of
 * forges), so `moved` is believed when the words or the caller's second look at the remote say so.
 */
export async function pushAtomic(
  cwd: string,
  refs: Readonly<Record<string, string>>,
  remote = origin,
): Promise<PushOutcome> {
  const refspecs = Object.entries(refs).map(([ref, object]) => `${object}:${ref}`);
  const result = await tryGit(
    ['push', '--porcelain', '--atomic', '--no-verify', '--no-follow-tags', remote, ...refspecs],
    {
      cwd,
    },
  );
  if (result.status === 0) return { kind: 'pushed' };
  const reason = pushReason(result);
  const moved =
    /non-fast-forward|fetch first|already exists|stale info|cannot lock ref|failed to update ref|reference already exists|incorrect old value|needs force/i;
  return { kind: moved.test(reason) ? 'moved' : 'refused', reason };
}

/** Porcelain lines are `flag TAB from:to TAB summary (reason)`; a ref that only shares the atomic fate says nothing. */
function pushReason({ stdout, stderr }: GitResult): string {
  const rejected = stdout
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.split('\t')[2] ?? '')
    .filter((summary) => !/atomic push fail|atomic transaction failed/.test(summary));
  const words = stderr
    .split('\n')
    .filter((line) => /^(remote|error|fatal):/.test(line) && !/^error: failed to push/.test(line))
    .map((line) => line.replace(/^remote: (error: )?/, '').replace(/[\s.]+$/, ''));
  const said = [...new Set([...rejected, ...words])].filter((line) => line.trim() !== '');
  return printable(said.join('; ') || 'git gave no reason', 500);
}
