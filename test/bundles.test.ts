import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
const dist = join(root, 'actions/dist');
const light = ['plan', 'gate', 'report', 'register', 'promote'];

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'lockstep-bundles-'));
  cpSync(dist, join(scratch, 'alone'), { recursive: true });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const filesOf = (folder: string): string[] =>
  globSync('**', { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();

test('the bundles are what the sources make, in any folder (npm run bundle makes them)', {
  timeout: 120_000,
}, () => {
  const copy = join(scratch, 'elsewhere/checkout');
  mkdirSync(copy, { recursive: true });
  const parts = [
    'src',
    'scripts',
    'actions',
    'docs/schemas',
    'package.json',
    'package-lock.json',
    'lockstep.yaml',
  ];
  for (const part of parts)
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (path) => !path.startsWith(dist) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(copy, 'scripts/bundle.ts')], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const made = join(copy, 'actions/dist');
  expect(filesOf(made)).toEqual(filesOf(dist));
  const differ = filesOf(made).filter(
    (path) => !readFileSync(join(made, path)).equals(readFileSync(join(dist, path))),
  );
  expect(differ).toEqual([]);
});

test('they are small, and name no folder of this machine', () => {
  const bytes = filesOf(dist).reduce((sum, path) => sum + statSync(join(dist, path)).size, 0);
  expect(bytes).toBeLessThanOrEqual(2_900_000);
  const { stdout } = spawnSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 64 << 20 });
  expect(stdout.byteLength).toBeLessThanOrEqual(10_485_760);
  expect(filesOf(dist).filter((path) => readFileSync(join(dist, path), 'utf8').includes(root))).toEqual([]);
});

const entries = globSync('{*.js,worker/*.js}', { cwd: dist }).sort();

test.each(entries)('%s starts alone, in an empty folder', (entry) => {
  const [copy, cwd] = [join(scratch, 'alone'), mkdtempSync(join(scratch, 'cwd-'))];
  const { PATH } = process.env;
  const args = entry === 'cli.js' ? ['--version'] : ['{}'];
  const { stdout, stderr } = spawnSync(process.execPath, [join(copy, entry), ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH, HOME: cwd, GITHUB_WORKSPACE: cwd, RUNNER_TEMP: join(cwd, 'temp'), INPUT_CACHE: 'false' },
    timeout: 20_000,
  });
  expect(stderr).not.toMatch(/ERR_MODULE_NOT_FOUND|Cannot find (module|package)|SyntaxError/);
  expect(stdout).not.toContain('E_INTERNAL');
});

test('the bundled command line trains, scores and reports where only the model runtime is installed', () => {
  const folder = mkdtempSync(join(scratch, 'project-'));
  const rows = Array.from(
    { length: 400 },
    (_, row) => `${row % 97},${'xyz'[row % 3]},${(row % 97) + (row % 5) * 9 > 60 ? 1 : 0}`,
  );
  writeFileSync(join(folder, 'rows.csv'), `a,b,late\n${rows.join('\n')}\n`);
  mkdirSync(join(folder, 'pipelines'));
  const { PATH } = process.env;
  const lockstep = (...args: string[]) =>
    spawnSync(process.execPath, [join(scratch, 'alone/cli.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH, HOME: folder, LOCKSTEP_MODULES: root },
    });
  expect(lockstep('init', 'toy', '--data', 'rows.csv', '--target', 'late')).toMatchObject({
    status: 0,
    stderr: '',
  });
  const { status, stdout, stderr } = lockstep('run', 'toy', '--json');
  expect(status, stderr).toBe(0);
  const { report } = JSON.parse(stdout) as { report: string };
  expect(readFileSync(join(folder, report), 'utf8')).toContain('Not drawn: vega is not installed');
});

test('schemas that were compiled ahead refuse in the same words', () => {
  const folder = mkdtempSync(join(scratch, 'wrong-'));
  mkdirSync(join(folder, 'pipelines/toy'), { recursive: true });
  writeFileSync(
    join(folder, 'pipelines/toy/pipeline.yaml'),
    'stages: {train: {uses: trees, inputs: [], outpts: [m]}}\n',
  );
  const configurations = ['enviroments: [dev]\n', 'environments: [dev]\n'];
  const told = [join(scratch, 'alone/cli.js'), join(root, 'src/cli/main.ts')].flatMap((program) =>
    configurations.map((text) => {
      writeFileSync(join(folder, 'lockstep.yaml'), text);
      return spawnSync(process.execPath, [program, 'plan', 'toy'], { cwd: folder, encoding: 'utf8' }).stderr;
    }),
  );
  expect(told.slice(0, 2)).toEqual(told.slice(2));
  expect(told[0]).toMatch(/^E_CONFIG_KEY: unknown key "enviroments"/);
  expect(told[1]).toMatch(/^E_CONFIG_KEY: .*outpts/);
});

/** What a bundle loads before it does anything: itself and all it imports, relative to dist. */
function loaded(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const target of importsOf(entry))
    if (target.startsWith('.')) loaded(relative(dist, join(dist, dirname(entry), target)), found);
  return found;
}

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(dist, file), 'utf8').matchAll(
      /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w*$\s{},]+?\s*from\s*|\{[^}]*\}\s*from\s*)?["']([^"'\n]+)["']/g,
    ),
  ].map(([, target]) => target!);

test('a light action loads few packages, none of them installed', () => {
  const outside = light.flatMap((name) =>
    [...loaded(`${name}.js`)].flatMap((file) =>
      importsOf(file).filter((target) => !/^(\.|node:)/.test(target) && !builtinModules.includes(target)),
    ),
  );
  expect(outside).toEqual([]);
  const packages = light.map((name) => {
    const vendors = [...loaded(`${name}.js`)].filter((file) => file.startsWith('vendor/'));
    return `${name}: ${vendors
      .map((file) => basename(file, '.js'))
      .sort()
      .join(' ')}`;
  });
  expect(packages).toMatchInlineSnapshot(`
    [
      "plan: actions-core schemas schemas-records semver small yaml",
      "gate: actions-core schemas schemas-records schemas-verdicts semver small yaml",
      "report: actions-core schemas schemas-others schemas-records schemas-verdicts semver small yaml",
      "register: actions-core schemas schemas-others schemas-records schemas-verdicts semver small yaml",
      "promote: actions-core schemas schemas-others schemas-records schemas-verdicts semver small yaml",
    ]
  `);
});
