import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSuite } from './run-suite.ts';
import type { Suite } from './suite.ts';

/*
 * What needs more than Git, Node and npm: Lockstep beside the tools it must get along with.
 *   npm run test:interop                     every suite but the long ones
 *   npm run test:interop -- gto skopeo       these
 *   npm run test:interop -- --all            every suite
 *   npm run test:interop -- --list
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, list: { type: 'boolean' } },
});
const root = dirname(dirname(import.meta.dirname));
const suites = await readSuites();
const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `No suite ${unknown.join(', ')}: there are ${suites.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}
if (values.list) list();
else await runAll(suites.filter(isWanted));

async function readSuites(): Promise<readonly Suite[]> {
  const files = readdirSync(join(import.meta.dirname, 'suites')).filter((name) => name.endsWith('.ts'));
  const loaded = files.sort().map(async (file) => {
    const { suite } = (await import(`./suites/${file}`)) as { suite: Suite };
    if (`${suite.name}.ts` !== file) throw new Error(`suites/${file} calls itself ${suite.name}`);
    return suite;
  });
  return Promise.all(loaded);
}

function isWanted(suite: Suite): boolean {
  return positionals.length > 0
    ? positionals.includes(suite.name)
    : values.all === true || suite.long !== true;
}

function list(): void {
  for (const { name, minutes, long, shows } of suites) {
    process.stdout.write(`${name.padEnd(18)} ${long ? '--all ' : '      '}${minutes} min  ${shows}\n`);
  }
}

/** One after the other: with two cores, suites side by side would only time out together. */
async function runAll(wanted: readonly Suite[]): Promise<void> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of wanted) {
    process.stderr.write(`${suite.name} …\n`);
    const { result, seconds, words } = await runSuite(suite, root);
    count[result]++;
    const line = [
      suite.name.padEnd(18),
      result.padEnd(7),
      `${seconds.toFixed(1)} s`.padStart(8),
      ` ${words}`,
    ];
    process.stdout.write(`${line.join(' ').trimEnd()}\n`);
  }
  if (count.skipped > 0) process.stdout.write(`${count.skipped} skipped\n`);
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  process.exitCode = count.failed > 0 ? 1 : 0;
}
