import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { starterPlace, startersFolder } from '../github/index.ts';
import { bundleFolder, LockstepError, tryGit, type Workspace, writeAtomic } from '../workspace/index.ts';
import { originRepository } from './origin-repository.ts';

/** Where a repository that is no copy of the template takes the actions from. */
export interface ActionsPlace {
  /** `acme/lockstep` */
  readonly repository: string;
  /** Full commit id: a tag can be moved. */
  readonly commit: string;
  /** Written behind it for people, and for the bots that raise it; null where none is known. */
  readonly version: string | null;
}

export interface StarterFile {
  /** From the root of the repository that gets it. */
  readonly path: string;
  readonly text: string;
  readonly kind: 'new' | 'same' | 'other';
}

/** Our own repository, whichever way we run. */
const home = bundleFolder === null ? dirname(dirname(import.meta.dirname)) : join(bundleFolder, '../..');

/**
 * `<owner>/<repository>@<commit>`, or the release that this Lockstep itself is a checkout of. Errors: E_USAGE for
 * neither.
 */
export async function actionsPlace(given: string | undefined): Promise<ActionsPlace> {
  if (given !== undefined) {
    const [, repository, commit] = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/.exec(given) ?? [];
    if (repository === undefined || commit === undefined) throw badPlace(`--actions is "${given}"`);
    return { repository, commit, version: null };
  }
  const name = await originRepository({ root: home } as Workspace, {});
  const tag = await tryGit(['describe', '--exact-match', '--tags', '--match', 'v*', 'HEAD'], { cwd: home });
  const head = await tryGit(['rev-parse', 'HEAD'], { cwd: home });
  if (name === null || tag.status !== 0 || head.status !== 0)
    throw badPlace('this Lockstep is no checkout of a release on GitHub');
  const repository = `${name.owner}/${name.name}`;
  return { repository, commit: head.stdout.trim(), version: tag.stdout.trim() };
}

/** What each workflow of a repository would be, beside what is there. Errors: E_INSTALL. */
export function planStarters({ root }: Workspace, place: ActionsPlace): readonly StarterFile[] {
  const folder = join(home, startersFolder);
  if (!existsSync(folder)) {
    throw new LockstepError('E_INSTALL', {
      what: 'the workflows to begin with are not beside this Lockstep',
      where: { file: folder },
      fix: 'use a whole checkout of Lockstep',
    });
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => {
      const path = `.github/workflows/${name}`;
      const text = filledIn(readFileSync(join(folder, name), 'utf8'), place);
      const there = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
      return { path, text, kind: there === null ? 'new' : there === text ? 'same' : 'other' };
    });
}

function filledIn(text: string, { repository, commit, version }: ActionsPlace): string {
  const { repository: owner, commit: zeros, version: none } = starterPlace;
  const behind = version === null ? '' : ` # ${version}`;
  return text.replaceAll(
    new RegExp(`${owner}(/actions/[a-z-]+)@${zeros} # ${none}`, 'g'),
    `${repository}$1@${commit}${behind}`,
  );
}

/** Writes what is not there as it should be. Errors: E_CONFIG_VALUE for files that were edited, unless `force`; nothing is written then. */
export function writeStarters(
  { root }: Workspace,
  files: readonly StarterFile[],
  { force }: { readonly force: boolean },
): readonly string[] {
  const edited = files.filter(({ kind }) => kind === 'other').map(({ path }) => path);
  if (edited.length > 0 && !force) {
    throw new LockstepError('E_CONFIG_VALUE', {
      what: `${edited.join(', ')} would be replaced`,
      allowed: 'files that are not there, or are as Lockstep writes them',
      fix: 'look at what differs, and replace them with --force: Git has what they were',
    });
  }
  const written = files.filter(({ kind }) => kind !== 'same');
  for (const { path, text } of written) writeAtomic(join(root, path), text);
  return written.map(({ path }) => path);
}

const badPlace = (what: string): LockstepError =>
  new LockstepError('E_USAGE', {
    what,
    allowed: '<owner>/<repository>@<40 hex digits>, a commit with the actions',
    fix: 'add --actions acme/lockstep@<commit>',
  });
