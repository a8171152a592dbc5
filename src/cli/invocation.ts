import { parseArgs } from 'node:util';
import { checkName, isLockstepError, nearest } from '../workspace/index.ts';
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

/** What a command line asks for: a command's name and the rest of the line, or `help`, or `version`. */
export interface Found {
  readonly name: string;
  readonly rest: readonly string[];
}

/**
 * Splits `data pull --only x` into the command's name and the rest; two words win over one. `help <command>` is
 * `<command> --help`. Errors: UsageError, with the nearest command.
 */
export function findCommand(args: readonly string[], names: readonly string[]): Found {
  const places = wordPlaces(args);
  const words = places.map((place) => args[place]!);
  if (words[0] === 'help') return findCommand([...args.filter((word) => word !== 'help'), '--help'], names);
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    if (words.length < count || !names.includes(name)) continue;
    const own = places.slice(0, count);
    return { name, rest: args.filter((_, place) => !own.includes(place)) };
  }
  if (words[0] === undefined) return withoutCommand(args);
  const family = names.filter((name) => name.startsWith(`${words[0]} `));
  if (family.length > 0) {
    const said =
      words[1] === undefined
        ? `lockstep ${words[0]} needs a second word`
        : `"${words.join(' ')}" is no command`;
    throw new UsageError(`${said} — one of ${family.join(', ')}${hint(words.join(' '), family)}`);
  }
  throw new UsageError(`"${words[0]}" is no command${suggest(words[0], names)} (lockstep --help lists them)`);
}

/** Where the first two words stand that are neither options nor the folder of -C. */
function wordPlaces(args: readonly string[]): number[] {
  const takesNext = (word: string | undefined) => word === '-C' || word === '--directory';
  return args
    .flatMap((word, place) => (word.startsWith('-') || takesNext(args[place - 1]) ? [] : [place]))
    .slice(0, 2);
}

function withoutCommand(args: readonly string[]): Found {
  const known = ['--help', '-h', '--json', '--version', '-v'];
  const unknown = args.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    throw new UsageError(
      `lockstep without a command takes no "${unknown}"${suggest(unknown, known)} (lockstep --help)`,
    );
  }
  return { name: args.includes('--version') || args.includes('-v') ? 'version' : 'help', rest: [] };
}

const suggest = (word: string, known: readonly string[]): string => {
  const found = hint(word, known);
  return found === '' ? '' : ` —${found.slice(1)}`;
};

const hint = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near ? `; did you mean "${near}"?` : '';
};

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
    if (error instanceof UsageError || isLockstepError(error)) throw error;
    const unknown = /Unknown option '--?([^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined)
      throw new UsageError(`${firstSentence(error as Error)} (lockstep ${command.name} --help)`);
    const near = nearest(unknown, [...Object.keys(command.options), ...Object.keys(commonOptions)]);
    throw new UsageError(
      `lockstep ${command.name} has no option --${unknown}${near ? ` — did you mean --${near}?` : ''} (lockstep ${command.name} --help)`,
    );
  }
}

/** Node adds advice on lines of its own. */
const firstSentence = ({ message }: Error): string => message.split('\n')[0]!.replace(/\.$/, '');

function checkPositionals(command: Command, given: readonly string[]): void {
  const declared = command.positionals.split(' ').filter(Boolean);
  const required = declared.filter((word) => word.startsWith('<'));
  const several = declared.some((word) => word.includes('…'));
  for (const [place, word] of declared.entries()) {
    if (/^[<[]model[>\]]$/.test(word) && given[place] !== undefined) checkName(given[place], 'model');
  }
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
