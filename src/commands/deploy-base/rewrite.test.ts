import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toyModelYaml } from '../../../test/toy-model.ts';
import { openWorkspace } from '../../workspace/index.ts';
import { deployBase } from './deploy-base.ts';
import { rewriteDeploy } from './rewrite.ts';

const environments = ['test', 'live'];

function place() {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-deploy-'));
  mkdirSync(join(root, 'models/toy'), { recursive: true });
  mkdirSync(join(root, 'pipelines'));
  writeFileSync(join(root, 'lockstep.yaml'), 'environments: [test, live]\n');
  const serving = (line: string) => writeFileSync(join(root, 'models/toy/model.yaml'), toyModelYaml + line);
  const folder = join(root, 'models/toy/deploy');
  serving('');
  return {
    folder,
    serving,
    rewrite: (force = false) => rewriteDeploy(openWorkspace(root), 'toy', { force }),
    files: () =>
      Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
  };
}

test('deploy/ follows the line serving: of model.yaml, there and back', async () => {
  const { serving, rewrite, files } = place();
  const base = (kind: 'deployment' | 'kserve') =>
    Object.fromEntries(deployBase('toy', { serving: kind, environments }));
  expect((await rewrite()).removed).toEqual([]);
  expect(files()).toEqual(base('deployment'));
  serving('serving: kserve\n');
  expect(await rewrite()).toMatchObject({
    serving: 'kserve',
    written: expect.arrayContaining(['models/toy/deploy/inferenceservice.yaml']),
    removed: ['deployment', 'service', 'autoscaler'].map((name) => `models/toy/deploy/${name}.yaml`),
  });
  expect(files()).toEqual(base('kserve'));
  expect(await rewrite()).toMatchObject({ written: [], removed: [] });
  serving('serving: deployment\n');
  await rewrite();
  expect(files()).toEqual(base('deployment'));
});

test('what was edited stays without --force, and what is not ours stays with it', async () => {
  const { folder, serving, rewrite, files } = place();
  await rewrite();
  writeFileSync(join(folder, 'monitor.yaml'), 'kind: PodMonitor\n');
  writeFileSync(join(folder, 'deployment.yaml'), 'kind: Deployment\n');
  serving('serving: kserve\n');
  const before = files();
  await expect(rewrite()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_CONFIG_VALUE: a file that was edited in models/toy/deploy/deployment.yaml — what \`lockstep init\` wrote, to be written over. Fix: commit it, and add --force: \`git diff\` shows then what to bring back.]`,
  );
  expect(files()).toEqual(before);
  await rewrite(true);
  expect(files()).toMatchObject({ 'monitor.yaml': 'kind: PodMonitor\n' });
  expect(files()).not.toHaveProperty('deployment.yaml');
});
