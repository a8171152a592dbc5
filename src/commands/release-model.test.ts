import { expect, test } from 'vitest';
import { startRegistry } from '../../test/fakes/oci-registry.ts';
import { commitFiles } from '../../test/git-sandbox.ts';
import { git, openWorkspace } from '../workspace/index.ts';
import { releaseModel } from './release-model.ts';
import { toyProject } from './test-workspace.ts';

test('a registry that gives no base now is nobody’s fault; a base that is nowhere is', async () => {
  await using fake = await startRegistry();
  await using project = await toyProject();
  const base = `${fake.host}/base/node:24@sha256:${'0'.repeat(64)}`;
  await commitFiles(project, {
    'lockstep.yaml': `images: ${fake.host}/acme\nimage: {base: "${base}"}\n`,
  });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  const workspace = openWorkspace(project.root);
  fake.fault = ({ path }) =>
    path.startsWith('/v2/base/') ? { status: 429, headers: { 'retry-after': '0' } } : null;
  expect(await releaseModel(workspace, 'toy')).toMatchObject({
    kind: 'neutral',
    code: 'E_BASE_MISSING',
    reason: expect.stringContaining('answered 429'),
  });
  fake.fault = null;
  await expect(releaseModel(workspace, 'toy')).rejects.toThrow(/has none of that name/);
  expect([...fake.manifests.keys()]).toEqual([]);
});
