import { templateOf } from '../commands/template-source.ts';
import { type Upgrade, upgrade } from '../commands/upgrade.ts';
import { bodyOf, checkSource, titleOf } from '../upgrade/index.ts';
import type { CommandInput, CommandResult } from './command.ts';
import { UsageError } from './invocation.ts';

/** Does what the command line asks for, and words it. */
export async function upgradeResult({
  workspace,
  cwd,
  positionals,
  values,
}: CommandInput): Promise<CommandResult> {
  const [version] = positionals;
  const { commit, from } = values;
  if (typeof commit === 'string' && !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    throw new UsageError(
      '--commit takes all 40 digits of a commit: a shorter one can be made to fit another',
    );
  if (commit !== undefined && version !== undefined)
    throw new UsageError('lockstep upgrade takes a version or --commit, not both');
  const result = await upgrade(workspace, {
    from:
      typeof from === 'string'
        ? checkSource(from, cwd)
        : checkSource(await templateOf(workspace), workspace.root),
    ...(version === undefined ? {} : { version }),
    ...(typeof commit === 'string' ? { commit } : {}),
    check: values.check === true,
  });
  const unfinished = result.kind !== 'up to date' && result.tasks.length > 0;
  return { json: result, text: words(result), exit: unfinished ? 1 : 0 };
}

function words(result: Upgrade): string {
  if (result.kind === 'up to date')
    return `v${result.version} is here; the newest release is ${result.newest}: nothing to do`;
  const { kind, branch, commit, tasks, outcomes } = result;
  const unsigned =
    result.to.signer === null ? ['WARNING: nobody signed this commit; you answer for it.', ''] : [];
  const head = [...unsigned, titleOf(result), '', ...bodyOf(result), ''];
  if (kind === 'planned')
    return [...head, `Nothing is written. Without --check: the branch ${branch}.`].join('\n');
  const made = kind === 'made' ? 'is made' : 'was there already';
  const steps = [
    `git switch ${branch}`,
    ...tasks.map(
      (task) => `${task.kind === 'resolve' ? task.look : task.command}, then commit what is right`,
    ),
    ...(outcomes.some(({ kind, path }) => kind === 'merged' && path === 'package-lock.json')
      ? ['npm install, then commit package-lock.json if it changed']
      : []),
    './lockstep plan, which says what would be trained again (nothing, where no built-in stage changed)',
    `git push -u origin ${branch}, then open a pull request`,
  ];
  return [
    ...head,
    `The branch ${branch} ${made}: commit ${commit?.slice(0, 12)}. Your files and your branch are as they were.`,
    ...(tasks.length > 0
      ? [
          tasks.length === 1
            ? 'One thing is left to you before it is merged.'
            : `${tasks.length} things are left to you before it is merged.`,
        ]
      : []),
    '',
    'Next:',
    ...steps.map((step) => `  ${step}`),
  ].join('\n');
}
