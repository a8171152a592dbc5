import { resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { hideState, isLockstepError, openWorkspace, systemError, watchParent } from '../workspace/index.ts';
import { catalogue } from './catalogue.ts';
import { helpOf, helpOfAll } from './help.ts';
import { findCommand, parseInvocation, UsageError } from './invocation.ts';

// Without our parent we end as if asked to, so that a command with servers to stop can stop them.
watchParent(() => process.kill(process.pid, 'SIGTERM'));
// Whoever reads us may stop early (`| head -1`): there is nobody left to write to, and nothing went wrong.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
const args = process.argv.slice(2);
const wantsJson = args.includes('--json');
process.on('uncaughtException', (error) => process.exit(fail(error)));
try {
  process.exitCode = await main(args);
} catch (error) {
  process.exitCode = fail(error);
}

async function main(args: readonly string[]): Promise<number> {
  const found = findCommand(args, Object.keys(catalogue));
  if (found.name === 'help') {
    print(await helpOfAll());
    return args.length === 0 ? 2 : 0;
  }
  if (found.name === 'version') {
    print(wantsJson ? JSON.stringify({ version: manifest.version }) : `lockstep ${manifest.version}`);
    return 0;
  }
  const { command } = await catalogue[found.name]!();
  const { positionals, values } = parseInvocation(command, found.rest);
  if (values.help) {
    print(helpOf(command));
    return 0;
  }
  const cwd = resolve(typeof values.directory === 'string' ? values.directory : '.');
  const workspace = openWorkspace(cwd);
  const result = await command
    .run({ workspace, cwd, positionals, values, json: wantsJson })
    .finally(() => hideState(workspace));
  print(wantsJson ? JSON.stringify(result.json) : result.text);
  return result.exit ?? 0;
}

/** The one catch of the product: a line for people on standard error, or the same facts as JSON. */
function fail(thrown: unknown): number {
  const error = systemError(thrown) ?? thrown;
  const usage = error instanceof UsageError;
  const known = isLockstepError(error);
  const facts = known
    ? error.toJSON()
    : {
        code: usage ? 'E_USAGE' : 'E_INTERNAL',
        message: `${usage ? 'E_USAGE' : 'E_INTERNAL'}: ${error instanceof Error ? error.message : String(error)}`,
      };
  if (wantsJson) print(JSON.stringify({ error: facts }));
  process.stderr.write(`${facts.message}\n`);
  if (!known && !usage) {
    process.stderr.write(
      'This is a defect of Lockstep, not yours: LOCKSTEP_DEBUG=1 prints where it happened.\n',
    );
    if (process.env.LOCKSTEP_DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
  }
  return facts.code === 'E_USAGE' ? 2 : 1;
}

function print(text: string): void {
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
