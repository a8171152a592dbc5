import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { actionNames, readManifest, readSpec, withTables } from '../../scripts/action-readme.ts';

const actions = dirname(import.meta.dirname);
const root = dirname(actions);
const names = actionNames();

test('an action is its manifest, its entry, its inputs and its README', () => {
  expect(names).toEqual([
    'containerize',
    'data-pull',
    'deploy',
    'evaluate',
    'gate',
    'monitor',
    'observe',
    'plan',
    'promote',
    'refresh',
    'register',
    'report',
    'setup',
    'train',
  ]);
});

test.each(names)('%s: inputs are declared once, and typed', async (name) => {
  const { description, inputs = {}, outputs = {} } = readManifest(name);
  expect(Object.keys(inputs).sort()).toEqual(Object.keys(await readSpec(name)).sort());
  const texts = [{ description }, ...Object.values(inputs), ...Object.values(outputs)];
  for (const { description: text } of texts) expect(text).toMatch(/^[^a-z].*\.$/s);
  for (const key of [...Object.keys(inputs), ...Object.keys(outputs)])
    expect(key).toMatch(/^[a-z]+(-[a-z]+)*$/);
  for (const input of Object.values(inputs))
    expect(Object.hasOwn(input, 'default') !== (input.required ?? false)).toBe(true);
});

test.each(names)('%s: runs its bundle on Node 24', (name) => {
  const manifest = readFileSync(join(actions, name, 'action.yml'), 'utf8');
  expect(manifest).toContain(`\n  using: node24\n  main: ../dist/${name}.js\n`);
});

test.each(names)('%s: the entry is no longer than 30 lines', (name) => {
  const entry = readFileSync(join(actions, name, 'main.ts'), 'utf8');
  expect(entry.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
});

test.each(names)(
  '%s: the README has the tables of action.yml (node scripts/action-readme.ts writes them)',
  async (name) => {
    const readme = readFileSync(join(actions, name, 'README.md'), 'utf8');
    expect(readme).toBe(await withTables(name, readme));
    expect(readme).toContain(`actions/${name}\n`);
  },
);

test('an action imports itself, the kit, commands and the front doors of rooms', () => {
  const wrong = globSync('**/*.ts', { cwd: actions, exclude: ['dist/**'] })
    .map((path) => join(actions, path))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target]) => ({
        from: relative(root, file),
        to: relative(root, resolve(dirname(file), target!)),
      })),
    )
    .filter(({ from, to }) => {
      const own = dirname(from);
      if (to.startsWith(`${own}/`) || to.startsWith('actions/kit/')) return false;
      if (from.endsWith('.test.ts') && /^(scripts|test)\//.test(to)) return false;
      return !/^src\/(commands\/[^/]+|[^/]+\/index)\.ts$/.test(to);
    });
  expect(wrong).toEqual([]);
});

test('only the kit asks the runner for inputs', () => {
  const askers = globSync('**/*.ts', { cwd: actions, exclude: ['dist/**', '**/*.test.ts'] }).filter((path) =>
    /\bget(Multiline|Boolean)?Input\b/.test(readFileSync(join(actions, path), 'utf8')),
  );
  expect(askers).toEqual(['kit/inputs.ts']);
});
