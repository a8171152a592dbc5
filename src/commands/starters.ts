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
  /** `moved`: as Lockstep writes it, with the actions from elsewhere or of another version. */
  readonly kind: 'new' | 'same' | 'moved' | 'other';
}

/** Our own repository, whichever way we run. */
const home = bundleFolder === null ? dirname(dirname(import.meta.dirname)) : join(bundleFolder, '../..');

/**
 * `<owner>/<repository>@<commit>`, or the release that our own checkout is at. Errors: E_USAGE for neither.
 */
export async function actionsPlace(given: string | undefined, checkout = home): Promise<ActionsPlace> {
  if (given !== undefined) {
    const [, repository, commit] = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/.exec(given) ?? [];
    if (repository === undefined || commit === undefined || commit === starterPlace.commit)
      throw badPlace(`--actions is "${given}"`);
    return { repository, commit, version: null };
  }
  const name = await originRepository({ root: checkout }, {});
  const release = await releaseAt(checkout);
  if (name === null || release === null)
    throw badPlace('this Lockstep is no checkout of a release on GitHub');
  return { repository: `${name.owner}/${name.name}`, ...release };
}

/** Null where a checkout is at no release, or our files are a part of somebody's repository. */
async function releaseAt(folder: string): Promise<Pick<ActionsPlace, 'commit' | 'version'> | null> {
  const say = async (...args: string[]) => (await tryGit(args, { cwd: folder })).stdout.trim();
  if ((await say('rev-parse', '--show-prefix')) !== '') return null;
  const tags = (await say('tag', '--points-at', 'HEAD')).split('\n');
  const version = tags.find((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
  return version === undefined ? null : { commit: await say('rev-parse', 'HEAD'), version };
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
      const starter = readFileSync(join(folder, name), 'utf8');
      const text = filledIn(starter, place);
      const there = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
      return { path, text, kind: kindOf(there, text, starter) };
    });
}

function kindOf(there: string | null, text: string, starter: string): StarterFile['kind'] {
  if (there === null) return 'new';
  if (there === text) return 'same';
  return placeless(there) === starter ? 'moved' : 'other';
}

const placeless = (text: string): string =>
  text.replaceAll(
    /[\w.-]+\/[\w.-]+(\/actions\/[a-z-]+)@[0-9a-f]{40}(?: # v\S+)?/g,
    `${starterPlace.repository}$1@${starterPlace.commit} # ${starterPlace.version}`,
  );

function filledIn(text: string, { repository, commit, version }: ActionsPlace): string {
  const { repository: owner, commit: zeros, version: none } = starterPlace;
  const behind = version === null ? '' : ` # ${version}`;
  return text.replaceAll(
    new RegExp(`${owner}(/actions/[a-z-]+)@${zeros} # ${none}`, 'g'),
    `${repository}$1@${commit}${behind}`,
  );
}

/** Writes what is not there as it should be. Errors: E_CONFIG_VALUE for files that are otherwise, unless `force`; nothing is written then. */
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
