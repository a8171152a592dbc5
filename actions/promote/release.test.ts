import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git, type Workspace } from '../../src/workspace/index.ts';
import { type Forge, makeForge } from '../../test/actions/forge.ts';
import { type FakeRegistry, startRegistry } from '../../test/fakes/oci-registry.ts';
import { commitFiles } from '../../test/git-sandbox.ts';
import { pushBase } from '../../test/interop/act/base-image.ts';

/*
 * What main and a maintainer do after a merge, step by step as the workflows main and promote run it: train, register,
 * deploy, promote by a tag, refuse one, and all of it again.
 */
let forge: Forge;
let registry: FakeRegistry;
let main: Workspace;
const token = 'token';

beforeAll(async () => {
  forge = await makeForge();
  const example = join(import.meta.dirname, '../../models/flight-delay/deploy');
  const deploy = readdirSync(example).map((name) => [
    `models/toy/deploy/${name}`,
    readFileSync(join(example, name), 'utf8').replaceAll('flight-delay', 'toy'),
  ]);
  registry = await startRegistry();
  const configuration = `images: ${registry.host}/acme/models\nimage: {base: "${(await pushBase(registry.host)).name}"}\n`;
  await commitFiles(forge.project, { 'lockstep.yaml': configuration, ...Object.fromEntries(deploy) });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: forge.project.root });
  main = await forge.checkout('origin/main');
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await forge[Symbol.asyncDispose]();
});

async function step(run: number, name: string, inputs: Record<string, string>) {
  const result = await forge.step(run, name, { workspace: main.root, with: inputs, from: 'bundle' });
  return { ...result, matrix: JSON.parse(result.outputs.matrix ?? 'null') as { include: unknown[] } | null };
}

const said = (log: string) => log.split('\n').filter((line) => /^toy/.test(line));
const statuses = () =>
  forge.github.state.statuses.map(({ context, state, description }) => `${context} ${state}: ${description}`);
const deployments = () =>
  forge.github.state.deployments.map(({ task, environment, payload }) => [
    task,
    environment,
    (payload as { version: string }).version,
  ]);

async function pushTag(tag: string): Promise<void> {
  const author = ['-c', 'user.name=grace', '-c', 'user.email=grace@example.com'];
  await git([...author, 'tag', '-a', tag, '-m', 'please', 'toy@v1.0.0^{commit}'], { cwd: main.root });
  await git(['push', '--quiet', 'origin', `refs/tags/${tag}`], { cwd: main.root });
}

test('main gives what one of its jobs trained a version, and takes it to the first environment', async () => {
  const plan = await step(5, 'plan', { for: 'main' });
  expect(plan.matrix).toEqual({ include: [{ models: 'toy', 'runs-on': 'ubuntu-latest', quick: false }] });
  expect(await step(5, 'train', { models: 'toy' })).toMatchObject({ exit: 0, outputs: { trained: 'toy' } });
  const registered = await step(5, 'register', { models: 'toy', token });
  expect(registered.errors).toEqual([]);
  expect(registered.outputs.registered).toBe('toy');
  expect(said(registered.log)[0]).toBe('toy: train as trained by this run');
  expect([...registry.manifests.keys()]).toContain('acme/models/toy/v1.0.0');
  const deployed = await step(5, 'deploy', { models: 'toy', token });
  expect(deployed.outputs.outcomes).toBe('{"toy":"written"}');
  expect(deployments()).toEqual([['lockstep:toy', 'dev', 'v1.0.0']]);
  const author = await git(['log', '-1', '--format=%an', 'refs/lockstep/environments'], { cwd: main.root });
  expect(author).toBe('github-actions[bot]');
});

test('a second run registers nothing, writes nothing, and plans nothing', async () => {
  const again = await step(5, 'register', { models: 'toy', token });
  expect(again.outputs.outcomes).toBe('{"toy":{"kind":"unchanged","version":"v1.0.0"}}');
  expect((await step(5, 'deploy', { models: 'toy', token })).outputs.outcomes).toBe('{"toy":"already"}');
  expect((await step(6, 'plan', { for: 'main' })).outputs.count).toBe('0');
  expect(deployments()).toHaveLength(1);
});

test('a tag is planned, found by the sweep, done once, and answered on its commit', async () => {
  await pushTag('toy#staging#7');
  const job = { model: 'toy', version: 'v1.0.0', environment: 'staging', tag: 'toy#staging#7' };
  const before = forge.github.requests.length;
  expect((await step(7, 'promote', { mode: 'plan', tag: job.tag, token })).matrix).toEqual({
    include: [job],
  });
  expect((await step(7, 'promote', { mode: 'sweep', token })).matrix).toEqual({ include: [job] });
  const done = await step(7, 'promote', { mode: 'promote', ...job, token });
  expect(done).toMatchObject({ exit: 0, outputs: { outcome: 'written' } });
  // Eighty promotions an hour fit into the thousand requests that a repository has.
  expect(forge.github.requests.slice(before).length).toBeLessThanOrEqual(12);
  expect((await step(7, 'promote', { mode: 'sweep', token })).outputs.count).toBe('0');
  // The run was cut off before it could say so.
  forge.github.state.statuses.length = 0;
  expect((await step(7, 'promote', { mode: 'promote', ...job, token })).outputs.outcome).toBe('already');
  expect(statuses()).toEqual(['lockstep/promote/staging success: toy v1.0.0 in staging: written to Git']);
  expect(deployments()).toEqual([
    ['lockstep:toy', 'dev', 'v1.0.0'],
    ['lockstep:toy', 'staging', 'v1.0.0'],
  ]);
});

test('what is refused is answered, red, and the tag stays', async () => {
  forge.github.state.statuses.length = 0;
  await git(['push', '--quiet', 'origin', 'toy@v1.0.0^{commit}:refs/tags/toy#production#9'], {
    cwd: main.root,
  });
  const bare = { mode: 'promote', tag: 'toy#production#9', token };
  await git(['fetch', '--quiet', '--tags', 'origin'], { cwd: main.root });
  const refused = await step(8, 'promote', bare);
  expect([refused.exit, refused.errors.length]).toEqual([1, 1]);
  expect(refused.errors[0]).toMatch(/^E_TAG_LIGHTWEIGHT: /);
  expect(statuses()).toEqual([
    expect.stringMatching(/^lockstep\/promote\/production failure: E_TAG_LIGHTWEIGHT/),
  ]);
  const unknown = await step(8, 'promote', { mode: 'plan', tag: 'toy#nowhere#3', token });
  expect(unknown.errors).toEqual([
    'E_ENV_UNKNOWN: no environment "nowhere" — dev, staging, production. Fix: name one of them, or add it to lockstep.yaml.',
  ]);
  for (const tag of ['$(touch x)#dev', 'toy#dev;x', '::error::#dev', '../x#dev'])
    expect((await step(8, 'promote', { mode: 'plan', tag, token })).outputs.count, tag).toBe('0');
  const tags = await git(['ls-remote', '--tags', 'origin', 'toy#*'], { cwd: main.root });
  expect(tags.match(/refs\/tags\/toy#(staging#7|production#9)$/gm)).toHaveLength(2);
});
