import valid from 'semver/functions/valid.js';
import { git, LockstepError, readAtCommit, resolveCommit, tryGit } from '../workspace/index.ts';
import { verifyReleaseTag } from './release-tag.ts';
import type { ReleaseSigner } from './signers.ts';
import { fetchedTag, tagBytes } from './source.ts';

/** The state of the template that this repository started from, or took last. */
export interface Base {
  readonly version: string;
  readonly commit: string;
  /** How it was found. */
  readonly by: 'the last upgrade' | 'the first commit here' | 'the common history' | 'the tag';
}

/** The line of an upgrade's commit message that names what it took. */
export const releaseTrailer = 'Lockstep-Release';

export interface BaseSearch {
  readonly root: string;
  readonly head: string;
  readonly scratch: string;
  /** Commit of the release that is taken: what lies in its history is as good as it. */
  readonly target: string;
  /** Tags that were fetched. */
  readonly tags: readonly string[];
  readonly signers: readonly ReleaseSigner[];
}

/**
 * Which commit of the template the three-way merge starts from. A copy shares no commit with the template, but its
 * first commit has the very tree of one of the template's. Whatever is found lies in the history of the release or
 * is signed itself: a forged base would pass your old files off as changes of yours. Null when nothing fits. Errors:
 * E_SIGNATURE, E_TAG_LIGHTWEIGHT, E_TAG_MOVED.
 */
export async function findBase(search: BaseSearch): Promise<Base | null> {
  const { scratch, head, tags } = search;
  const version = await versionAt(scratch, head);
  const found = [
    await lastUpgrade(search),
    await firstCommitHere(search),
    await commonHistory(search),
  ].filter((one) => one !== null);
  const exact = found.find((one) => one.version === version);
  if (exact) return exact;
  if (version !== null && tags.includes(`v${version}`)) return baseTag(search, version);
  return found[0] ?? null;
}

export const noBase = (version: string | null): LockstepError =>
  new LockstepError('E_UPGRADE_BASE', {
    what: `package.json calls this version ${version ?? 'nothing'}, which is no release of the template`,
    where: { file: 'package.json' },
    allowed: 'the version that the template gave it, in what is committed',
    fix: 'write the version of the release that this repository was made from into package.json, and commit it',
  });

/** What `package.json` of a commit says, null where that is no version. */
export async function versionAt(scratch: string, commit: string): Promise<string | null> {
  const bytes = await readAtCommit(scratch, commit, 'package.json');
  try {
    const { version } = JSON.parse(bytes?.toString() ?? '{}') as { version?: unknown };
    return typeof version === 'string' ? valid(version) : null;
  } catch {
    return null;
  }
}

/** A message is only words; it counts for a commit that the release comes from. */
async function lastUpgrade(search: BaseSearch): Promise<Base | null> {
  const { scratch, root, head } = search;
  const pattern = `^${releaseTrailer}: `;
  const body = await git(['log', '-1', '--format=%B', `--grep=${pattern}`, head], { cwd: root });
  const commit = [...body.matchAll(new RegExp(`${pattern}\\S+ ([0-9a-f]{40,64})$`, 'gm'))].at(-1)?.[1];
  if (commit === undefined || !(await isBefore(search, commit))) return null;
  return baseAt(scratch, commit, 'the last upgrade');
}

async function firstCommitHere({ root, scratch, head, target }: BaseSearch): Promise<Base | null> {
  const first = await git(['log', '--max-parents=0', '--format=%T', head], { cwd: root });
  const trees = new Set(first.split('\n'));
  const history = await git(['log', '--format=%H %T', target], { cwd: scratch });
  const match = history.split('\n').find((line) => trees.has(line.slice(line.indexOf(' ') + 1)));
  return match === undefined
    ? null
    : baseAt(scratch, match.slice(0, match.indexOf(' ')), 'the first commit here');
}

/** A fork or a clone: there Git knows. */
async function commonHistory({ scratch, head, target }: BaseSearch): Promise<Base | null> {
  const { status, stdout } = await tryGit(['merge-base', head, target], { cwd: scratch });
  return status === 0 ? baseAt(scratch, stdout.trim(), 'the common history') : null;
}

async function baseTag(search: BaseSearch, version: string): Promise<Base> {
  const { scratch, signers } = search;
  const tag = `v${version}`;
  const commit = await resolveCommit(scratch, fetchedTag(tag));
  if (commit !== null && (await isBefore(search, commit))) return { version, commit, by: 'the tag' };
  return {
    version,
    commit: verifyReleaseTag(await tagBytes(scratch, tag), tag, signers).commit,
    by: 'the tag',
  };
}

async function isBefore({ scratch, target }: BaseSearch, commit: string): Promise<boolean> {
  return (await tryGit(['merge-base', '--is-ancestor', commit, target], { cwd: scratch })).status === 0;
}

async function baseAt(scratch: string, commit: string, by: Base['by']): Promise<Base | null> {
  const version = await versionAt(scratch, commit);
  return version === null ? null : { version, commit, by };
}
