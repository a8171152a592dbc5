import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeRecord, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { addData, pullData, pushData, readLock } from '../data/index.ts';
import { runPipeline } from '../pipeline/index.ts';
import { createVersionTag } from '../registry/index.ts';
import { git, openWorkspace, statePath, type Workspace } from '../workspace/index.ts';
import { forget } from './forget.ts';
import { collectGarbage } from './gc.ts';
import { reproduceModel } from './reproduce.ts';

const pipeline = `stages:
  prepare: {run: "cp $LOCKSTEP_INPUTS/data/people/1.txt $LOCKSTEP_OUTPUTS/rows.csv", inputs: [data:people/], outputs: [rows.csv]}
  train: {run: "wc -c < $LOCKSTEP_INPUTS/rows.csv > $LOCKSTEP_OUTPUTS/model.onnx", inputs: [rows.csv], outputs: [model.onnx]}
evaluate: {model: model.onnx, data: rows.csv, target: late}
`;
const fileOf = (number: number) => `person ${number} lives in house ${number * 7919}\n`;
const large = randomBytes(9 << 20);

async function project(sandbox: GitSandbox): Promise<Workspace> {
  const { root } = await sandbox.clone('ada');
  const remote = `file:${join(sandbox.folder, 'remote')}`;
  writeFileSync(join(root, 'lockstep.yaml'), `remote: ${remote}\n`);
  const workspace = openWorkspace(root);
  mkdirSync(join(root, 'data/people'), { recursive: true });
  for (let number = 0; number < 50; number++)
    writeFileSync(join(root, `data/people/${number}.txt`), fileOf(number));
  writeFileSync(join(root, 'data/large.bin'), large);
  for (const name of ['people', 'large.bin']) await addData(workspace, join(root, 'data', name));
  await pushData(workspace);
  await commitFiles(workspace, {
    '.gitignore': '/.lockstep/\n/data/\n',
    'pipelines/churn/pipeline.yaml': pipeline,
  });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  return workspace;
}

const holds = (folder: string, text: string): boolean =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (item) => item.isFile() && readFileSync(join(item.parentPath, item.name)).includes(text),
  );
const reason = 'consent withdrawn';

test('a forgotten dataset is nowhere, and every way to it says so', async () => {
  await using sandbox = await makeSandbox();
  const ada = await project(sandbox);
  const bob = await sandbox.clone('bob');
  await pullData(bob);
  const commit = await git(['rev-parse', 'HEAD'], { cwd: ada.root });
  await runPipeline(ada, 'churn');
  await createVersionTag(ada, { record: makeRecord({ version: 'v1.0.0', commit }), commit, push: true });
  // A later version; the first must go as well.
  writeFileSync(join(ada.root, 'data/people/1.txt'), 'somebody else\n');
  await addData(ada, join(ada.root, 'data/people'));
  await pushData(ada);
  await commitFiles(ada, {});

  const wish = { dataset: 'data/people', reason, apply: false };
  const plan = await forget(ada, wish);
  expect(plan).toMatchObject({
    versions: 2,
    files: 51,
    local: { derived: 1 },
    pipelines: ['churn'],
    shared: [],
  });
  expect(plan.models).toEqual([expect.stringMatching(/^churn \(run [0-9a-f]{12}\)$/), 'churn@v1.0.0']);
  expect(holds(join(sandbox.folder, 'remote'), fileOf(1))).toBe(true);
  await forget(ada, { ...wish, apply: true });
  for (const text of [fileOf(1), fileOf(2), 'somebody else']) {
    expect(holds(join(sandbox.folder, 'remote'), text)).toBe(false);
    expect(holds(ada.root, text), text).toBe(false);
  }
  expect(readLock(ada).entries.map(({ key }) => key)).toEqual(['large.bin']);
  await commitFiles(ada, {}, 'forget people');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: ada.root });

  // The large file is whole, the model can't be made again, an older checkout is told why.
  rmSync(join(ada.root, 'data'), { recursive: true });
  rmSync(statePath(ada, 'store'), { recursive: true });
  await pullData(ada);
  expect(readFileSync(join(ada.root, 'data/large.bin')).equals(large)).toBe(true);
  expect(await messageOf(reproduceModel(ada, 'churn', 'v1.0.0'))).toMatch(
    /^E_DATA_FORGOTTEN: churn@v1.0.0 cannot be made again: "people\/" .* was forgotten on .*: consent withdrawn — /,
  );
  await git(['checkout', '--quiet', commit], { cwd: ada.root });
  expect(await messageOf(pullData(ada))).toMatch(
    /^E_DATA_FORGOTTEN: "people\/" .* by ada <ada@example.com>: consent withdrawn/,
  );

  // Bob's copy: pushed by nobody, locked by nobody unless he insists, gone with the next clean-up.
  expect(await messageOf(pushData(bob))).toMatch(/^E_DATA_FORGOTTEN: "people\/"/);
  await git(['pull', '--quiet', 'origin', 'main'], { cwd: bob.root });
  expect(await messageOf(addData(bob, join(bob.root, 'data/people')))).toMatch(
    /^E_DATA_FORGOTTEN: "people\/"/,
  );
  expect(holds(statePath(bob, 'store'), fileOf(1))).toBe(true);
  const clean = { remote: false, apply: true, immediately: false, history: 90, runs: 30 } as const;
  await collectGarbage(bob, clean);
  expect(holds(statePath(bob, 'store'), fileOf(3))).toBe(false);
  await addData(bob, join(bob.root, 'data/people'), { force: true });
  await pushData(bob);
  expect(readFileSync(join(bob.root, 'data.tombstones.json'), 'utf8')).not.toContain(
    readLock(bob).entries[1]!.digest,
  );
});

test('one file of a folder goes, in all versions, and the others come back', async () => {
  await using sandbox = await makeSandbox();
  const ada = await project(sandbox);
  const commit = await git(['rev-parse', 'HEAD'], { cwd: ada.root });
  await forget(ada, { dataset: 'people', file: '7.txt', reason, apply: true });
  expect(holds(join(sandbox.folder, 'remote'), fileOf(7))).toBe(false);
  expect(holds(ada.root, fileOf(7))).toBe(false);
  expect(readLock(ada).entries[1]).toMatchObject({ key: 'people/', files: 49 });
  await pushData(ada);
  for (const folder of ['data', '.lockstep']) rmSync(join(ada.root, folder), { recursive: true });
  await pullData(ada);
  expect(readFileSync(join(ada.root, 'data/people/8.txt'), 'utf8')).toBe(fileOf(8));
  await commitFiles(ada, {});
  await git(['checkout', '--quiet', commit], { cwd: ada.root });
  rmSync(join(ada.root, '.lockstep'), { recursive: true });
  expect(await messageOf(pullData(ada, { force: true }))).toMatch(/^E_DATA_FORGOTTEN: "people\/7.txt" /);
});

test('what a push needs again after the first step survives the second, and all that is not goes', async () => {
  await using sandbox = await makeSandbox();
  const ada = await project(sandbox);
  const remote = join(sandbox.folder, 'remote');
  await git(['commit', '--quiet', '--amend', '-m', 'nothing', '--reset-author'], { cwd: ada.root });
  const lock = readFileSync(join(ada.root, 'data.lock'), 'utf8');
  const age = (hours: number) => {
    const time = new Date(Date.now() - hours * 3_600_000);
    for (const item of readdirSync(remote, { recursive: true, withFileTypes: true }))
      if (item.isFile()) utimesSync(join(item.parentPath, item.name), time, time);
  };
  await commitFiles(ada, { 'data.lock': 'version: 1\ndatasets: {}\n' });
  await git(['push', '--quiet', '--force', 'origin', 'HEAD:main'], { cwd: ada.root });
  const clean = (over = {}) =>
    collectGarbage(ada, { remote: true, apply: true, immediately: false, history: 0, runs: 0, ...over });
  age(9);
  const first = await clean();
  expect(first).toMatchObject({
    remote: { removed: { objects: 0 }, doomed: { objects: expect.any(Number) } },
  });
  // Meanwhile somebody locks the folder again, on a branch that is not pushed yet.
  const doomed = join(remote, 'gc/doomed.json');
  const text = readFileSync(doomed, 'utf8');
  writeFileSync(
    doomed,
    text.replace(/"at":"[^"]*"/, `"at":"${new Date(Date.now() - 3_700_000).toISOString()}"`),
  );
  writeFileSync(join(ada.root, 'data.lock'), lock);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await pushData(ada, ['people/']);
  await git(['checkout', '--quiet', 'data.lock'], { cwd: ada.root });
  const second = await clean();
  expect('remote' in second && second.remote.removed.objects).toBe(2);
  writeFileSync(join(ada.root, 'data.lock'), lock);
  for (const folder of ['data', '.lockstep']) rmSync(join(ada.root, folder), { recursive: true });
  await pullData(ada, { only: ['people/'] });
  expect(readFileSync(join(ada.root, 'data/people/8.txt'), 'utf8')).toBe(fileOf(8));
  expect(await messageOf(pullData(ada))).toMatch(/^E_OBJECT_MISSING: "large.bin"/);
});
