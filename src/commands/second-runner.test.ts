import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startRegistry } from '../../test/fakes/oci-registry.ts';
import { commitFiles } from '../../test/git-sandbox.ts';
import { pushBase } from '../../test/interop/act/base-image.ts';
import { deployFiles } from '../../test/release-sandbox.ts';
import { shareLayers } from '../../test/shared-layers.ts';
import { toyModel } from '../../test/toy-model.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { chooseBaseline, evidenceObject, fetchBaseline } from './baseline.ts';
import { deployModel, releaseModel } from './release-model.ts';
import { type ToyProject, toyProject } from './test-workspace.ts';

/*
 * Every job of a hosted runner begins with a clone and a key that nobody knows. What the jobs before it signed counts
 * by the keys that they left on the branch `environments`.
 */
const settings = (registry: string, base: string): Record<string, string> => ({
  'lockstep.yaml': `images: ${registry}/acme\nimage: {base: "${base}"}\ntrust:\n  - {keys: environments, owner: whoever may push the branch}\n`,
  ...(Object.fromEntries(
    Object.entries(deployFiles).map((entry) => entry.map((text) => text.replaceAll('churn', 'toy'))),
  ) as Record<string, string>),
});
const model = (bias: number) => ({ 'pipelines/toy/toy.onnx': toyModel({ bias }) as unknown as string });

async function merge(project: ToyProject, files: Record<string, string>): Promise<void> {
  await commitFiles(project, files);
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
}

async function runner({ folder, root: from }: ToyProject, name: string): Promise<Workspace> {
  const root = join(folder, name);
  await git(['clone', '--quiet', '--branch', 'main', join(folder, 'origin.git'), root], { cwd: folder });
  await git(['config', 'user.name', name], { cwd: root });
  await git(['config', 'user.email', `${name}@example.com`], { cwd: root });
  cpSync(join(from, '.data'), join(root, '.data'), { recursive: true });
  shareLayers(root);
  return openWorkspace(root);
}

/** A private registry: with the job's token, until the returned function takes it away. */
function logIn({ host }: { host: string }): () => void {
  vi.stubEnv('LOCKSTEP_REGISTRY_HOST', host);
  vi.stubEnv('LOCKSTEP_REGISTRY_USER', 'ada');
  vi.stubEnv('LOCKSTEP_REGISTRY_TOKEN', 'secret');
  return () => vi.unstubAllEnvs();
}
const login = { user: 'ada', password: 'secret' };
const password = { authorization: 'Bearer let-in' };

test('a judge without a token has what its job brought, and the second merge registers on yet another runner', async () => {
  await using registry = await startRegistry(login);
  await using project = await toyProject();
  const logOut = logIn(registry);
  await merge(project, settings(registry.host, (await pushBase(registry.host, password)).name));
  const early = await runner(project, 'early');
  const first = await runner(project, 'first');
  expect(await releaseModel(first, 'toy', {})).toMatchObject({ kind: 'registered' });
  expect(await deployModel(first, { model: 'toy' })).toMatchObject({ kind: 'written' });

  const [brought, bare] = [await runner(project, 'brought'), await runner(project, 'bare')];
  const base = await git(['rev-parse', 'HEAD'], { cwd: bare.root });
  expect(await fetchBaseline(brought, 'toy', base)).toBe('v1.0.0 in dev');
  logOut();
  for (const judge of [brought, bare]) {
    await git(['remote', 'set-url', 'origin', join(project.folder, 'nowhere.git')], { cwd: judge.root });
    const { baseline, tip } = await chooseBaseline(judge, 'toy', { base, ask: 'try' });
    expect(baseline).toMatchObject({ environment: 'dev', record: { version: 'v1.0.0' } });
    expect(tip).toBe(await git(['rev-parse', 'origin/environments'], { cwd: judge.root }));
    if (baseline.kind !== 'version') throw new Error('no version');
    const { record } = baseline;
    const evidence = evidenceObject(judge, record, record.modelDigest);
    if (judge === brought) expect((await evidence).digest).toBe(record.modelDigest);
    else await expect(evidence).rejects.toThrow(/E_REGISTRY_AUTH/);
  }

  logIn(registry);
  await merge(project, model(-1.2));
  expect(await releaseModel(await runner(project, 'second'), 'toy', {})).toMatchObject({
    kind: 'registered',
    result: { version: 'v1.0.1' },
  });
  // A clone from before all this has the tags by now, but neither the branch nor the keys.
  await git(['fetch', '--quiet', 'origin', 'main', 'refs/tags/*:refs/tags/*'], { cwd: early.root });
  await git(['merge', '--quiet', '--ff-only', 'FETCH_HEAD'], { cwd: early.root });
  expect(await releaseModel(early, 'toy', {})).toMatchObject({ kind: 'unchanged' });
  logOut();
}, 90_000);
