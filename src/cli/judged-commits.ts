import { resolve } from 'node:path';
import { reviewChange } from '../commands/judged-review.ts';
import type { ChangeInput } from '../report/index.ts';
import { resolveCommit } from '../workspace/index.ts';
import type { CommandInput } from './command.ts';
import { UsageError } from './invocation.ts';
import { textOption } from './option-values.ts';

/** Options of the commands that read what `judge --all` wrote. */
export const judgedOptions = { base: { type: 'string' }, head: { type: 'string' } } as const;

export const judgedHelp = {
  base: 'commit whose policy decides, as `judge --all` was told',
  head: 'commit of the change, as `judge --all` was told',
} as const;

/** The judged folder that a command line names, with its verdicts made again. */
export async function reviewed(
  { workspace, cwd, positionals, values }: CommandInput,
  command: string,
): Promise<ChangeInput> {
  const commitOf = async (name: keyof typeof judgedOptions): Promise<string> => {
    const revision = textOption(values, name, command);
    const commit = await resolveCommit(workspace.root, revision);
    if (commit === null) throw new UsageError(`lockstep ${command} --${name}: no commit "${revision}"`);
    return commit;
  };
  const [base, head] = [await commitOf('base'), await commitOf('head')];
  return reviewChange(workspace, resolve(cwd, positionals[0]!), { base, head });
}
