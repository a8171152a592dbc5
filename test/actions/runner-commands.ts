/** A workflow command that a runner would act upon. */
export interface RunnerCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const unescaped = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');

/**
 * Reads what a runner reads from a step's output (actions/runner, ActionCommandManager): `::name key=value::message` at
 * a line's beginning after blanks, and the older `##[name]message` anywhere; between `::stop-commands::<token>` and
 * `::<token>::` nothing counts.
 */
export function parseCommands(log: string): RunnerCommand[] {
  const found: RunnerCommand[] = [];
  let stopped: string | null = null;
  for (const line of log.split(/\r?\n/)) {
    const modern = /^\s*::([A-Za-z-]+)(?:\s+([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line);
    const [, word = '', properties = '', message = ''] =
      modern ?? /##\[([A-Za-z-]+)()\](.*)$/.exec(line) ?? [];
    if (stopped !== null) {
      if (line.trim() === `::${stopped}::`) stopped = null;
      continue;
    }
    if (word === '') continue;
    if (word === 'stop-commands') stopped = message;
    else
      found.push({
        command: word.toLowerCase(),
        properties: propertiesOf(properties),
        message: unescaped(message),
      });
  }
  return found;
}

const propertiesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((part) => part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')).trim(), unescaped(part.slice(part.indexOf('=') + 1))]),
  );
