import { parseArgs } from 'node:util';
import { nearest } from '../workspace/index.ts';
import type { Command } from './command.ts';

/** A command line that makes no sense: exit code 2, one line that says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Invocation {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** Options that every command has. */
export const commonOptions = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  directory: { type: 'string', short: 'C' },
} as const;

/** Splits `data pull --only x` into the command's name and the rest; two words win over one. */
export function findCommand(
  args: readonly string[],
  names: readonly string[],
): { name: string; rest: string[] } | null {
  const words = args.filter((word) => !word.startsWith('-')).slice(0, 2);
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    if (words.length < count || !names.includes(name)) continue;
    const rest = [...args];
    for (const word of words.slice(0, count)) rest.splice(rest.indexOf(word), 1);
    return { name, rest };
  }
  if (words[0] === undefined) return null;
  const family = names.filter((name) => name.startsWith(`${words[0]} `));
  if (family.length > 0)
    throw new UsageError(`"${words.join(' ')}" is no command — one of ${family.join(', ')}`);
  const near = nearest(words[0], names);
  throw new UsageError(
    `"${words[0]}" is no command${near ? ` — did you mean "${near}"?` : ''} (lockstep --help lists them)`,
  );
}

export function parseInvocation(command: Command, rest: readonly string[]): Invocation {
  try {
    const options = { ...command.options, ...commonOptions };
    const { positionals, values } = parseArgs({
      args: [...rest],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (!values.help) checkPositionals(command, positionals);
    return { positionals, values: values as Invocation['values'] };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const unknown = /Unknown option '--?([^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined)
      throw new UsageError(`${(error as Error).message} (lockstep ${command.name} --help)`);
    const near = nearest(unknown, [...Object.keys(command.options), ...Object.keys(commonOptions)]);
    throw new UsageError(
      `lockstep ${command.name} has no option --${unknown}${near ? ` — did you mean --${near}?` : ''} (lockstep ${command.name} --help)`,
    );
  }
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const declared = command.positionals.split(' ').filter(Boolean);
  const required = declared.filter((word) => word.startsWith('<'));
  const several = declared.some((word) => word.includes('…'));
  if (given.length < required.length) {
    throw new UsageError(
      `lockstep ${command.name} needs ${required[given.length]} — usage: lockstep ${command.name} ${command.positionals}`,
    );
  }
  if (!several && given.length > declared.length) {
    throw new UsageError(
      `lockstep ${command.name} takes no "${given[declared.length]}" — usage: lockstep ${command.name} ${command.positionals}`,
    );
  }
}
