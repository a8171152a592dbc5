import { expect, test } from 'vitest';
import { git } from '../../src/workspace/index.ts';
import { startRegistry } from '../fakes/oci-registry.ts';
import { commitFiles } from '../git-sandbox.ts';
import { toyModel } from '../toy-model.ts';
import { type Forge, makeForge } from './forge.ts';
import type { ActionResult } from './run-action.ts';

/*
 * What a person had trained for one commit of a change is not trained again after the merge, and is worth nothing to
 * any other commit: the jobs `train` and `keep` of the workflow train-pr, then `train` of main.
 */
const ok = (result: ActionResult): ActionResult => {
  expect(result.exit, result.log).toBe(0);
  return result;
};
const model = (bias: number) => ({ 'pipelines/toy/toy.onnx': toyModel({ bias }) as unknown as string });

/** A change whose candidate was trained and kept, as runs 5. */
async function keepOne(forge: Forge, files: Record<string, string>) {
  const pull = await forge.pullRequest(files);
  const { root } = await forge.checkout(pull.head.sha);
  const asked = { eventName: 'workflow_dispatch', event: { inputs: { number: '7' } } };
  ok(await forge.step(5, 'train', { ...asked, workspace: root, with: { models: 'toy' } }));
  const keeping = await forge.checkout('origin/main');
  const commits = { base: pull.base.sha, head: pull.head.sha };
  const given = { mode: 'keep', models: 'toy other', token: 'token', ...commits };
  const kept = ok(await forge.step(5, 'register', { ...asked, workspace: keeping.root, with: given }));
  return { pull, kept };
}

/** Whether main's own training job took it. */
async function takenByMain(forge: Forge): Promise<boolean> {
  const { root } = await forge.checkout('origin/main');
  const trained = ok(
    await forge.step(9, 'train', {
      workspace: root,
      eventName: 'push',
      with: { models: 'toy', upload: 'false', token: 'token' },
    }),
  );
  return trained.log.includes('toy: trained by an earlier run');
}

test('the run after the merge takes what train-pr made of all that was merged, and of nothing else', async () => {
  await using registry = await startRegistry();
  await using forge = await makeForge();
  const { project } = forge;
  const trust = 'trust:\n  - {keys: environments, owner: whoever may push the branch}\n';
  await commitFiles(project, { 'lockstep.yaml': `images: ${registry.host}/acme\n${trust}` });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });

  const { pull, kept } = await keepOne(forge, { ...model(-1.2), 'pipelines/toy/helper.mjs': '// evil' });
  expect(kept.outputs.kept).toBe('toy');
  expect(kept.log).toContain('other: not trained by this run');
  expect([...registry.manifests.keys()].filter((key) => key.includes('/run-'))).toHaveLength(2);

  // Main gets the same inputs, and so the same fingerprint, but not the rest of what ran beside them.
  await git(['switch', '--quiet', '--detach', 'origin/main'], { cwd: project.root });
  await commitFiles(project, model(-1.2));
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  expect(await takenByMain(forge)).toBe(false);

  await git(['cherry-pick', '-X', 'theirs', pull.head.sha], { cwd: project.root });
  await commitFiles(project, { 'README.md': 'main went on' });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  expect(await takenByMain(forge)).toBe(true);
}, 120_000);
