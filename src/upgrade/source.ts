import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import valid from 'semver/functions/valid.js';
import { git, gitBytes, LockstepError, resolveCommit, tryGit } from '../workspace/index.ts';

/** Where releases come from, as people and commit messages may read it: without a name or password of its own. */
export const shownSource = (source: string): string =>
  source.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');

const isVersion = (tag: string): boolean => /^v\d/.test(tag) && valid(tag.slice(1)) === tag.slice(1);

/**
 * An address as it is, a path (git-fetch(1), GIT URLS: no colon before its first slash) from where it was written: never an
 * option, never a program of a transport that starts one. Errors: E_UPGRADE_SOURCE.
 */
export function checkSource(source: string, folder: string): string {
  if (source !== '' && !source.startsWith('-') && !/^[a-z0-9]+::/i.test(source))
    return /^[^/]*:/.test(source) ? source : resolve(folder, source);
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `"${source}" is no place of releases`,
    allowed: 'the address or the path of a Git repository',
    fix: 'name the template with --from, or in lockstep.yaml as upgrade: {from: …}',
  });
}

/** Tags of releases at the source, `v1.2.0`, whoever made them. Errors: E_UPGRADE_SOURCE. */
export async function releaseTags(cwd: string, source: string): Promise<string[]> {
  const { status, stdout, stderr } = await tryGit(
    [...careful, 'ls-remote', '--refs', '--', source, 'refs/tags/v*'],
    { cwd },
  );
  if (status !== 0) throw unreachable(source, stderr);
  return stdout
    .split('\n')
    .map((line) => line.slice(line.indexOf('\t') + 1).replace('refs/tags/', ''))
    .filter(isVersion);
}

/**
 * A bare repository in a folder of its own that sees this repository's objects (gitrepository-layout(5),
 * objects/info/alternates): what is fetched and made there leaves no trace here unless it is taken. Made without a
 * template, so that no hook of the user's runs there.
 */
export async function makeScratch(root: string, folder: string): Promise<void> {
  const objects = resolve(root, await git(['rev-parse', '--git-path', 'objects'], { cwd: root }));
  const format = await git(['rev-parse', '--show-object-format'], { cwd: root });
  await git(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, folder], { cwd: root });
  mkdirSync(`${folder}/objects/info`, { recursive: true });
  writeFileSync(`${folder}/objects/info/alternates`, `${objects}\n`);
}

/** Fetches tags, or every branch for a commit that is on one. Errors: E_UPGRADE_SOURCE. */
export async function fetchReleases(scratch: string, source: string, refs: readonly string[]): Promise<void> {
  const refspecs = refs.map((ref) => `+${ref}:${ref.replace('refs/', 'refs/source/')}`);
  const flags = [
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--recurse-submodules=no',
  ];
  const { status, stderr } = await tryGit([...careful, 'fetch', ...flags, '--', source, ...refspecs], {
    cwd: scratch,
  });
  if (status !== 0) throw unreachable(source, stderr);
}

export const fetchedTag = (tag: string): string => `refs/source/tags/${tag}`;

/** What a server sends is looked at before it is believed, and starts nothing. */
const careful = ['-c', 'transfer.fsckObjects=true', '-c', 'protocol.ext.allow=never'];

/** The bytes of an annotated tag's object. Errors: E_TAG_LIGHTWEIGHT. */
export async function tagBytes(scratch: string, tag: string): Promise<Buffer> {
  const type = await git(['cat-file', '-t', fetchedTag(tag)], { cwd: scratch });
  if (type === 'tag') return gitBytes(['cat-file', 'tag', fetchedTag(tag)], { cwd: scratch });
  throw new LockstepError('E_TAG_LIGHTWEIGHT', {
    what: `${tag} is a lightweight tag, which nobody can have signed`,
    where: { file: `tag ${tag}` },
    allowed: 'annotated tags with a signature',
    fix: 'take another version, or name the commit that you trust: lockstep upgrade --commit <40 hex digits>',
  });
}

/** Errors: E_UPGRADE_SOURCE. */
export async function commitAtSource(scratch: string, source: string, commit: string): Promise<string> {
  if ((await resolveCommit(scratch, commit)) === commit) return commit;
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `no commit ${commit} on a branch of ${shownSource(source)}`,
    allowed: 'a whole commit id, as the template names it',
    fix: 'copy it from the page of the commit that you looked at',
  });
}

function unreachable(source: string, stderr: string): LockstepError {
  const words = stderr.trim().split('\n');
  const said = words.find((line) => /^(fatal|error)/.test(line)) ?? words.at(-1) ?? 'no message';
  return new LockstepError('E_UPGRADE_SOURCE', {
    what: `releases can't be had from ${shownSource(source)}: ${said.replaceAll(source, shownSource(source))}`,
    allowed: 'the address or the path of a Git repository',
    fix: 'see that git ls-remote reaches it, then run the command again; --from names another',
  });
}
