import { checkEnvironment, type Workspace } from '../workspace/index.ts';
import { UsageError } from './invocation.ts';

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** An option that the command cannot do without. */
export function textOption(values: Values, name: string, command: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`lockstep ${command} needs --${name} (lockstep ${command} --help)`);
}

/** `--for`: an environment whose own data is meant. Errors: E_ENV_UNKNOWN. */
export function environmentOption({ configuration }: Workspace, values: Values): string | undefined {
  if (typeof values.for !== 'string') return undefined;
  checkEnvironment(configuration, values.for);
  return values.for;
}

export function secondsOption(values: Values, name: string, otherwise: number, command: string): number {
  const value = values[name];
  if (value === undefined) return otherwise;
  if (typeof value === 'string' && /^\d{1,6}(\.\d+)?$/.test(value)) return Number(value);
  throw new UsageError(
    `--${name} takes a number of seconds, not "${String(value)}" (lockstep ${command} --help)`,
  );
}
