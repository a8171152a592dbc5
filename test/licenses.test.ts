import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { licensesOf } from '../scripts/licenses.ts';

const modules = join(dirname(import.meta.dirname), 'node_modules');

test('each licence is told once and whole, under everybody whose work it is', () => {
  const names = ['balanced-match', 'canonicalize', '@protobuf-ts/runtime', 'yaml', 'ajv', 'semver'];
  const told = licensesOf(names.map((name) => join(modules, name)));
  for (const name of names) expect(told).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(told).toMatch(/^ {2}Copyright Eemeli Aro/m);
  expect(told).toMatch(/^ {2}Original code Copyright Julian Gruber/m);
  // Two of them are under Apache's, one with its appendix; its own lines about copyright are no owners.
  expect(told.match(/TERMS AND CONDITIONS FOR USE/g)).toHaveLength(1);
  expect(told.match(/copyright license to reproduce/g)).toHaveLength(1);
  expect(told).toContain('Copyright [yyyy] [name of copyright owner]');
  expect(told.replace(/\s+/g, ' ')).toContain(
    'provided that the above copyright notice and this permission notice appear in all copies.',
  );
});
