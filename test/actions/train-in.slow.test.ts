import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerModel } from '../../src/commands/register.ts';
import { addData } from '../../src/data/index.ts';
import { readRelease } from '../../src/registry/index.ts';
import { git, openWorkspace, readAtCommit } from '../../src/workspace/index.ts';
import { type FakeRegistry, startRegistry } from '../fakes/oci-registry.ts';
import { commitFiles } from '../git-sandbox.ts';
import { pushBase } from '../interop/act/base-image.ts';
import { type Forge, makeForge } from './forge.ts';

/*
 * The two jobs of lockstep-train-in: one trains a version on an environment's data and can write nothing, the other
 * judges what came of it and registers it for that environment.
 */
let forge: Forge;
let registry: FakeRegistry;
const token = 'token';
const asked = { models: 'toy', version: 'v1.0.0', environment: 'staging' };

beforeAll(async () => {
  forge = await makeForge();
  registry = await startRegistry();
  const base = (await pushBase(registry.host)).name;
  const { project } = forge;
  const { root } = project;
  const modelYaml = (await readAtCommit(root, 'HEAD', 'models/toy/model.yaml'))!.toString();
  await commitFiles(project, {
    'models/toy/model.yaml': `${modelYaml}pattern: retrain\ndata: {expectations: [{column: distance, at-most: 2000}]}\n`,
    'lockstep.yaml': `images: ${registry.host}/acme/models\nimage: {base: "${base}"}\ntrust: [{keys: environments, owner: whoever may push the branch environments}]\n`,
  });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  await registerModel(openWorkspace(root), 'toy');
  await giveStaging(3);
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await forge[Symbol.asyncDispose]();
});

/** Flights of staging, each so much further than the one before. */
async function giveStaging(step: number): Promise<void> {
  const { project } = forge;
  const path = join(project.folder, 'theirs.csv');
  const rows = Array.from(
    { length: 300 },
    (_, row) => `s${row},${row * step},AA,2001-01-11,${row > 140 ? 'yes' : 'no'}`,
  );
  writeFileSync(path, `id,distance,carrier,date,late\n${rows.join('\n')}\n`);
  await addData(openWorkspace(project.root), path, { as: 'toy/rows.csv', for: 'staging', push: true });
  await commitFiles(project, {}, 'data: what staging trains on');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
}

async function job(run: number, name: string, inputs: Record<string, string>) {
  const { root } = await forge.checkout('origin/main');
  return forge.step(run, name, { workspace: root, with: inputs, from: 'bundle' });
}

test('one job trains, the other judges, registers and signs; again is nothing new', async () => {
  const trained = await job(5, 'train', asked);
  expect(trained).toMatchObject({ exit: 0, outputs: { trained: 'toy' }, errors: [] });
  const registered = await job(5, 'register', { ...asked, mode: 'retrain', token });
  expect(registered.errors).toEqual([]);
  expect(registered.outputs.tag).toBe('toy@v1.0.0-staging.1');
  expect(registered.log).toContain('toy: train as trained by this run');
  const again = await job(6, 'register', { ...asked, mode: 'retrain', token });
  expect(again.outputs.tag).toBe('toy@v1.0.0-staging.1');
  expect(again.log).toContain('unchanged');

  const clone = await forge.checkout('origin/main');
  await git(['fetch', '--quiet', '--tags', 'origin'], { cwd: clone.root });
  const { record } = await readRelease(clone, 'toy', 'v1.0.0-staging.1');
  expect(Object.keys(record.verdicts)).toEqual(['staging']);
});

test('what is asked in vain is said before anything is trained', async () => {
  const nothing = await job(7, 'train', { ...asked, environment: 'production' });
  expect(nothing.exit).toBe(1);
  expect(nothing.errors).toEqual([
    expect.stringMatching(/^E_LOCK_MISSING: no data\.production\.lock at HEAD/),
  ]);
  const half = await job(7, 'train', { models: 'toy', version: 'v1.0.0' });
  expect(half.errors).toEqual([expect.stringMatching(/^E_ACTION_INPUT/)]);
});

test('data that is not as the model expects is not trained on', async () => {
  await giveStaging(10);
  const trained = await job(8, 'train', asked);
  expect(trained.exit).toBe(1);
  expect(trained.errors).toEqual([
    expect.stringMatching(/^E_DATA_QUALITY: toy\/rows\.csv, distance: at most 2000, but 99 cells are not/),
  ]);
});
