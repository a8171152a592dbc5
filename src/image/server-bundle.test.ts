import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openWorkspace } from '../workspace/index.ts';
import { bundleServer } from './server-bundle.ts';

const root = mkdtempSync(join(tmpdir(), 'lockstep-bundle-'));
writeFileSync(join(root, 'data.lock'), 'version: 1\ndatasets: {}\n');
const workspace = openWorkspace(root);
const cache = join(root, '.lockstep/cache/server');
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the server is one file that needs Node alone and names no place of this machine', async () => {
  const code = (await bundleServer(workspace)).toString();
  const imported = [...code.matchAll(/\bimport\{?[^;"]*?\}?from"([^"]+)";/g)].map(([, name]) => name!);
  expect(imported.length).toBeGreaterThan(3);
  expect(imported.filter((name) => !name.startsWith('node:'))).toEqual([]);
  expect(code).not.toContain(process.cwd());
  expect(code).not.toContain('node_modules/');
});

test('it is bundled again when a file that went in is another, or the kept bytes are damaged', async () => {
  const first = await bundleServer(workspace);
  const about = JSON.parse(readFileSync(join(cache, 'server.json'), 'utf8'));
  expect(Object.keys(about.modules)).toContain('src/serving/server.ts');
  const damage = [
    () => writeFileSync(join(cache, 'server.mjs'), 'process.exit()'),
    () => {
      const modules = { ...about.modules, 'src/serving/server.ts': `sha256:${'0'.repeat(64)}` };
      writeFileSync(join(cache, 'server.json'), JSON.stringify({ ...about, modules }));
    },
  ];
  for (const harm of damage) {
    harm();
    expect((await bundleServer(workspace)).equals(first)).toBe(true);
    expect(readFileSync(join(cache, 'server.mjs')).equals(first)).toBe(true);
    expect(JSON.parse(readFileSync(join(cache, 'server.json'), 'utf8'))).toEqual(about);
  }
});
