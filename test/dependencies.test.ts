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
  const direct = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  const platforms = Object.keys(manifest.optionalDependencies);
  expect([...listed].filter((name) => !platforms.includes(name)).sort()).toEqual([...direct].sort());
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
