import type { ParseArgsConfig } from 'node:util';
import type { Workspace } from '../workspace/index.ts';

/** Exit codes of a command that has a result: 0 done, 1 not all of it, 3 verdict fail, 4 verdict inconclusive. */
export type DoneCode = 0 | 1 | 3 | 4;

/** What a command found, twice: for machines (`--json` prints it) and for people. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  readonly exit?: DoneCode;
}

type Options = NonNullable<ParseArgsConfig['options']>;

export interface CommandInput {
  readonly workspace: Workspace;
  /** Folder the user stands in; relative paths on the command line start here. */
  readonly cwd: string;
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** True when `--json` was given: print nothing to standard output but the result. */
  readonly json: boolean;
}

/** One command: `lockstep <name>`. `--json`, `--help` and `-C <folder>` are every command's own already. */
export interface Command {
  /** One or two words: `run`, `data pull`. */
  readonly name: string;
  /** One line in `--help`. */
  readonly summary: string;
  /** Positional arguments as `<required>` and `[optional]`, `…` for several: `<model> [stage]`. */
  readonly positionals: string;
  readonly options: Options;
  /** What each option means, by its name, for `lockstep <name> --help`. */
  readonly help: Readonly<Record<string, string>>;
  run(input: CommandInput): Promise<CommandResult>;
}
