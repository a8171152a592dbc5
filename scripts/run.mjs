// The one bootstrap script: `node scripts/run.mjs <what> [arguments]` on any Node >= 20, with nothing installed.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handOver } from './hand-over.mjs';
import { ensureInstalled } from './install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tool = (path) => join(root, 'node_modules', path);
const cli = join(root, 'src/cli/main.ts');

const biome = tool('@biomejs/biome/bin/biome');
const check = [
  ['types', [tool('typescript/bin/tsc'), '--noEmit']],
  ['format and lint', [biome, 'check', '--error-on-warnings', '.']],
  ['unused code', [tool('knip/bin/knip.js')]],
];

/** Each package script as the Node programs it runs, one after the other, stopping at the first failure. */
const programs = {
  start: (args) => [['demo', [cli, 'start', ...args]]],
  lockstep: (args) => [['lockstep', [cli, ...args]]],
  test: (args) => (args.length > 0 ? [vitest(args)] : [...check, vitest([])]),
  check: () => check,
  // Of a copy that `init --own` has made a team's: what it holds that may be wrong.
  'test:own': () => [check[0], programs.workflows(['--check'])[0], ['pipelines', [cli, 'plan']]],
  format: () => [['format', [biome, 'check', '--write', '.']]],
  bundle: (args) => [['bundle', [join(root, 'scripts/bundle.ts'), ...args]]],
  bench: (args) => [['bench', [join(root, 'bench/main.ts'), ...args]]],
  'bench:data': (args) => [['bench', [join(root, 'bench/data.ts'), ...args]]],
  workflows: (args) => [['workflows', [join(root, 'scripts/workflows.ts'), ...args]]],
  'test:promises': (args) => [['promises', [join(root, 'test/promises/main.ts'), ...args]]],
  'test:interop': (args) => [['interop', [join(root, 'test/interop/main.ts'), ...args]]],
};
const vitest = (args) => ['tests', [tool('vitest/vitest.mjs'), 'run', ...args]];

const [what = '', ...args] = process.argv.slice(2);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`E_NODE_VERSION: Node ${process.versions.node} — Lockstep starts on Node 20 or newer.`);
if (!Object.hasOwn(programs, what))
  fail(`E_USAGE: no script "${what}" — one of ${Object.keys(programs).join(', ')}.`);

await ensureInstalled(root);
for (const [name, program] of programs[what](args)) {
  // Commands work where the user stands; the project's own tools work on the project.
  const cwd = what === 'lockstep' ? process.cwd() : root;
  process.exitCode = await handOver(root, program, { cwd, ours: what === 'start' || what === 'lockstep' });
  if (process.exitCode !== 0) {
    if (programs[what](args).length > 1) process.stderr.write(`\n${what}: ${name} failed\n`);
    break;
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
