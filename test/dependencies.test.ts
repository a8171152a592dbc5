import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const root = dirname(import.meta.dirname);
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
/** Packages of a row of the table, and the files that it names. */
const rows = page.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim());
  if (cells.length !== 5 || !cells[1]!.startsWith('`')) return [];
  const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
  return [{ packages: names(cells[1]!), why: cells[2]!, files: names(cells[3]!) }];
});
const listed = rows.flatMap(({ packages }) => packages);

test('every direct dependency is listed with its reason, and nothing else is', () => {
  const { dependencies, peerDependencies, devDependencies, optionalDependencies } = manifest;
  const installed = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  const platforms = Object.keys(optionalDependencies);
  const others = listed.filter((name) => !platforms.includes(name) && !installed.includes(name));
  expect(installed.filter((name) => !listed.includes(name))).toEqual([]);
  // Those that a job has in the bundles, and does not install.
  expect(others.filter((name) => !Object.hasOwn(devDependencies, name))).toEqual([]);
  expect(others).toHaveLength(8);
  for (const { why } of rows) expect(why).not.toBe('');
  for (const name of Object.keys(manifest.devDependencies).filter((one) => !one.startsWith('@types/')))
    expect(page, name).toContain(`\`${name}\``);
});

test.each(rows.flatMap(({ packages, files }) => packages.map((name) => [name, files] as const)))(
  '%s does real work where the page says',
  (name, files) => {
    expect(files.length).toBeGreaterThan(0);
    const imports = new RegExp(
      `(from|import|require|resolve|loadNative|resolveNative)\\b[^\\n]*['"]${name}(/[^'"]*)?['"]|['"]${name}['"]`,
    );
    for (const file of files) {
      expect(existsSync(join(root, file)), file).toBe(true);
      const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      expect(imports.test(text), `${file} uses ${name}`).toBe(true);
    }
  },
);
