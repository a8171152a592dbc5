import { mergeBranch } from '../commands/merge-branch.ts';
import { driveMerge, installDriver, isInstalled } from '../commands/merge-driver.ts';
import { type LockMergeResult, type Picks, settleLock } from '../commands/merge-lock.ts';
import { type Conflict, environmentOf, type Item, lockName } from '../data/index.ts';
import { amount } from '../workspace/index.ts';
import type { Command, CommandResult } from './command.ts';
import { UsageError } from './invocation.ts';
import { environmentOption } from './option-values.ts';

/** More lines than this help nobody; `--json` has them all. */
const mostShown = 20;

export const command: Command = {
  name: 'data merge',
  summary: 'settle a data.lock that Git could not merge, dataset by dataset',
  positionals: '[ancestor] [current] [other] [path]',
  options: {
    base: { type: 'string' },
    for: { type: 'string' },
    ours: { type: 'string', multiple: true },
    theirs: { type: 'string', multiple: true },
    install: { type: 'boolean' },
    driver: { type: 'boolean' },
  },
  help: {
    base: 'merge this branch of origin first, for a pull request that conflicts with it',
    for: 'settle data.<environment>.lock, which that environment trains on',
    ours: 'take our side of this conflict (a dataset, a file of one, or all in a folder)',
    theirs: 'take their side of it',
    install: 'let Git itself merge data.lock this way, in this clone',
    driver: 'be the merge driver, with %O %A %B %P of Git',
  },
  async run({ workspace, positionals, values }) {
    const picks: Picks = { ours: listOf(values.ours), theirs: listOf(values.theirs) };
    const [base, ours, theirs, path] = positionals;
    if (values.driver === true) {
      if (base === undefined || ours === undefined || theirs === undefined)
        throw new UsageError('lockstep data merge --driver takes %O %A %B %P of Git');
      return driven(await driveMerge(workspace, { base, ours, theirs }), path);
    }
    if (base !== undefined)
      throw new UsageError(
        `lockstep data merge takes no "${base}" — a conflict is named with --ours or --theirs`,
      );
    if (values.install === true) {
      const changed = await installDriver(workspace);
      return {
        json: { installed: true, attributes: changed },
        text: `git merges data.lock by lockstep in this clone now${changed ? '\nnext: commit .gitattributes, so that others can do the same' : ''}`,
      };
    }
    const environment = environmentOption(workspace, values);
    if (typeof values.base === 'string') {
      if (environment !== undefined)
        throw new UsageError(
          'lockstep data merge takes --base or --for, not both: first the one, then the other',
        );
      const result = await mergeBranch(workspace, values.base, picks);
      const { merged, lock, others, waiting } = result;
      const left = (lock?.conflicts.length ?? 0) + others.length;
      const lines = [
        result.changed ? `merged ${merged}` : `${merged} is merged already`,
        ...(lock === null ? [] : [textOf(lock)]),
        ...others.slice(0, mostShown).map((path) => `  for you to merge: ${path}`),
        ...(waiting && left === 0 ? ['next: git commit --no-edit'] : []),
      ];
      return {
        json: { ...result, lock: lock && jsonOf(lock) },
        text: lines.join('\n'),
        exit: left > 0 ? 1 : 0,
      };
    }
    const result = await settleLock(workspace, picks, environment);
    if (result === null) {
      const text = `${lockName(environment)} is in no conflict`;
      return { json: { conflicts: [], taken: [], folders: [] }, text };
    }
    const done = result.conflicts.length === 0;
    const hint = (await isInstalled(workspace))
      ? ''
      : '\n`lockstep data merge --install` lets git do this by itself in this clone';
    const text = `${textOf(result, environment)}${done ? `\nnext: git commit (or go on with what Git stopped in)${hint}` : ''}`;
    return { json: jsonOf(result), text, exit: done ? 0 : 1 };
  },
};

const forWhom = (environment: string | undefined): string =>
  environment === undefined ? '' : ` --for ${environment}`;

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** `path`: of the lock, as Git names it. */
function driven(result: LockMergeResult | null, path = lockName()): CommandResult {
  const environment = environmentOf(path);
  const name = lockName(environment);
  if (result === null)
    return {
      json: { conflicts: null },
      text: `${name}: one of the sides is no lock, so its text was merged: look at it, then \`lockstep data status\``,
      exit: 1,
    };
  const { conflicts, folders, tracked } = result;
  if (conflicts.length === 0) {
    // Git may commit before anybody could add them.
    const next =
      tracked.length > 0 ? `commit ${tracked.join(' ')} too` : 'lockstep data pull, then lockstep data push';
    const text = `${name}: ${folders.map(({ entry }) => entry.key).join(', ')} merged file by file; next: ${next}`;
    return { json: jsonOf(result), text: folders.length > 0 ? text : '' };
  }
  const text = `${name}: ${conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`}; \`lockstep data merge${forWhom(environment)}\` shows and settles them`;
  return { json: jsonOf(result), text, exit: 1 };
}

const jsonOf = ({ conflicts, taken, folders, closed }: LockMergeResult) => ({
  conflicts,
  taken,
  folders: folders.map(({ entry }) => entry),
  closed,
});

function textOf(
  { conflicts, taken, folders, closed, picks, tracked }: LockMergeResult,
  environment?: string,
): string {
  const counted = `${lockName(environment)}: ${taken.length === 1 ? '1 dataset' : `${amount(taken.length, 'count')} datasets`} taken over`;
  const inside = folders.map(
    ({ entry }) => `  merged file by file: ${entry.key} (${amount(entry.files!, 'count')} files)`,
  );
  const push =
    folders.length > tracked.length
      ? [
          `next: lockstep data ${environment === undefined ? 'pull, then lockstep data push' : `push --for ${environment}`} (a merged folder has a new list of files)`,
        ]
      : [];
  if (conflicts.length === 0) return [`${counted}, no conflict is left`, ...inside, ...push].join('\n');
  const options = (side: 'ours' | 'theirs') => picks[side].map((pick) => ` --${side} ${pick}`).join('');
  const shown = conflicts.slice(0, mostShown);
  return [
    `${counted}, ${conflicts.length === 1 ? '1 conflict is left' : `${amount(conflicts.length, 'count')} conflicts are left`}`,
    ...inside,
    ...shown.flatMap(conflictLines),
    ...(conflicts.length > shown.length
      ? [`  and ${conflicts.length - shown.length} more (--json has all)`]
      : []),
    ...closed.map((key) => `  the lists of files of ${key} are not all here, nor in the remote`),
    `choose: lockstep data merge${forWhom(environment)}${options('ours')}${options('theirs')} --ours ${quoted(conflicts[0]!.path)}   (or --theirs, for each)`,
  ].join('\n');
}

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

const conflictLines = ({ path, ...sides }: Conflict): string[] => [
  `  ${path}`,
  ...(['base', 'ours', 'theirs'] as const).map(
    (side) => `    ${side.padEnd(6)}  ${sideText(path, sides[side])}`,
  ),
];

const sideText = (path: string, items: readonly Item[]): string =>
  items.length === 0
    ? 'nothing'
    : items
        .map(
          (item) =>
            `${item.digest.slice(0, 19)}  ${amount(item.size, 'bytes')}${item.files === undefined ? '' : ` in ${amount(item.files, 'count')} files`}${item.path === path ? '' : `  ${item.path}`}`,
        )
        .join(', ');
