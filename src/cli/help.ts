import { catalogue } from './catalogue.ts';
import type { Command } from './command.ts';

export async function helpOfAll(): Promise<string> {
  const commands = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).command));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'lockstep: code, data and models in step, from a pull request to production.',
    '',
    'Usage: lockstep <command> [options]',
    '',
    ...lines,
    '',
    "--json prints the result for machines, --help a command's options, -C <folder> works there.",
    'Exit codes: 0 done, 1 refused or failed, 2 usage, 3 verdict fail, 4 verdict inconclusive.',
  ].join('\n');
}

export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => ({
    left: `--${name}${option.type === 'string' ? ' <value>' : ''}${option.short ? `, -${option.short}` : ''}`,
    right: command.help[name] ?? '',
  }));
  const width = Math.max(0, ...options.map(({ left }) => left.length));
  return [
    command.summary,
    '',
    `Usage: lockstep ${command.name}${command.positionals ? ` ${command.positionals}` : ''}${options.length > 0 ? ' [options]' : ''}`,
    ...(options.length > 0
      ? ['', ...options.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`)]
      : []),
  ].join('\n');
}
