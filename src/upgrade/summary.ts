import { printable } from '../workspace/index.ts';
import { conflictsOf, type Outcome } from './apply.ts';
import { type Base, releaseTrailer } from './base.ts';
import { goesIntoBundles, ownershipOf } from './ownership.ts';
import type { ReleaseTag } from './release-tag.ts';

/** What is upgraded to: a signed release, or a commit that somebody names. */
export interface Target {
  /** `v1.2.0`, or 12 digits of the commit. */
  readonly label: string;
  readonly version: string;
  readonly commit: string;
  /** Null where the commit was named. */
  readonly signer: ReleaseTag['signer'] | null;
}

export interface UpgradeFacts {
  readonly source: string;
  readonly from: Base;
  readonly to: Target;
  readonly outcomes: readonly Outcome[];
  /** Of the releases in between and of this one, oldest first. */
  readonly notes: readonly Pick<ReleaseTag, 'tag' | 'notes'>[];
  /** From the repository's root: where the files lie that a person needs to end a conflict. */
  readonly folder: string;
}

/** What is left to a person before the branch may be merged. */
export type Task =
  | { readonly kind: 'resolve'; readonly path: string; readonly why: string; readonly look: string }
  | { readonly kind: 'build'; readonly why: string; readonly command: string };

export function tasksOf({ outcomes, folder }: Pick<UpgradeFacts, 'outcomes' | 'folder'>): Task[] {
  const conflicts = conflictsOf(outcomes).map(({ path, why, release, movedTo }): Task => {
    const look = release
      ? `git diff --no-index -- ${word(path)} ${word(`${folder}/${path}`)}`
      : `git log -- ${word(path)}`;
    const place = movedTo === undefined ? why : `${why}; the release moved it to ${movedTo}`;
    return { kind: 'resolve', path, why: place, look };
  });
  const built = outcomes.some(({ path }) => ownershipOf(path) === 'built');
  const changed = (kind: Outcome['kind']) => ['keep', 'merged', 'conflict'].includes(kind);
  const own =
    built &&
    outcomes.some(({ kind, path }) => kind === 'rebuild' || (changed(kind) && goesIntoBundles(path)));
  const why = "actions/dist is the release's build, without what you changed in src/ and actions/";
  return own ? [...conflicts, { kind: 'build', why, command: 'npm run bundle' }] : conflicts;
}

/** The first line of the commit, and the title of a pull request. */
export const titleOf = ({ from, to }: Pick<UpgradeFacts, 'from' | 'to'>): string =>
  `chore: upgrade Lockstep from v${from.version} to ${to.label}`;

/** The commit's whole message: what a reviewer wants to know, and what the next upgrade starts from. */
export const messageOf = (facts: UpgradeFacts): string =>
  `${[titleOf(facts), '', ...bodyOf(facts), '', `${releaseTrailer}: v${facts.to.version} ${facts.to.commit}`].join('\n')}\n`;

/** The summary, a line each. Paths and notes come from elsewhere: nothing in them acts on a terminal. */
export function bodyOf(facts: UpgradeFacts): string[] {
  const { from, to, source, outcomes } = facts;
  const signed = to.signer
    ? `signed by ${to.signer.name} (${to.signer.fingerprint})`
    : 'a commit that was named by hand: nobody signed it';
  return [
    `${to.label}, commit ${to.commit}, ${signed}, from ${source}.`,
    `Starts from v${from.version}, commit ${from.commit.slice(0, 12)}: ${because[from.by]}.`,
    '',
    countsOf(outcomes),
    ...tasksOf(facts).flatMap((task) =>
      task.kind === 'resolve'
        ? [`Conflict, yours kept: ${task.path}: ${task.why}`]
        : [`To build: ${task.command}: ${task.why}`],
    ),
    ...listed('Merged with your changes', pathsOf(outcomes, 'merged')),
    ...listed('Left out, as you removed it', pathsOf(outcomes, 'leave-out')),
    ...facts.notes.flatMap(({ tag, notes }) => [
      '',
      `${tag}:`,
      ...notes.split('\n').map((line) => (line === '' ? '' : `  ${line}`)),
    ]),
  ].map((line) => printable(line, 2000));
}

/** How anybody knows that this is where the repository came from. */
const because: Readonly<Record<Base['by'], string>> = {
  'the last upgrade': 'the last upgrade took it',
  'the first commit here': 'the first commit here is its copy',
  'the common history': 'both histories have it',
  'the tag': 'package.json names it',
};

function countsOf(outcomes: readonly Outcome[]): string {
  const words: readonly (readonly [Outcome['kind'], string])[] = [
    ['add', 'added'],
    ['replace', 'replaced'],
    ['rebuild', 'replaced that you had built'],
    ['remove', 'removed'],
    ['merged', 'merged with your changes'],
    ['keep', 'kept as you changed them'],
    ['leave-out', 'left out'],
    ['conflict', 'in conflict'],
  ];
  const counts = words
    .map(([kind, text]) => [pathsOf(outcomes, kind).length, text] as const)
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count} ${text}`);
  return `Files: ${counts.join(', ') || 'nothing to change'}.`;
}

const pathsOf = (outcomes: readonly Outcome[], kind: Outcome['kind']): string[] =>
  outcomes.filter((one) => one.kind === kind).map(({ path }) => path);

function listed(title: string, paths: readonly string[], most = 20): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > most ? `, and ${paths.length - most} more` : '';
  return [`${title}: ${paths.slice(0, most).join(', ')}${more}`];
}

/** As a shell takes it. */
const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
