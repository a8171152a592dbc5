import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../../test/fakes/oci-registry.ts';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { runPipeline } from '../pipeline/index.ts';
import { git, openWorkspace, statePath, type Workspace } from '../workspace/index.ts';
import { keepTrained, keptRuns } from './kept-run.ts';
import { type ToyProject, toyProject } from './test-workspace.ts';
import { trainCandidate } from './train.ts';

async function kept(project: ToyProject, host: string) {
  await commitFiles(project, { 'lockstep.yaml': `images: ${host}/acme\n` });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  const workspace = openWorkspace(project.root);
  const folder = join(project.folder, 'handed');
  await trainCandidate(workspace, 'toy', { folder });
  return { workspace, folder, fingerprints: await keepTrained(workspace, folder) };
}

/** From here on the default branch trusts what this machine signs. */
async function trustKeyOf(workspace: Workspace): Promise<void> {
  const key = readFileSync(statePath(workspace, 'keys', 'ed25519.pub'), 'utf8').trim();
  const yaml = readFileSync(join(workspace.root, 'lockstep.yaml'), 'utf8');
  await commitFiles(workspace, {
    'lockstep.yaml': `${yaml}trust:\n  - {key: ${key}, owner: the other run}\n`,
  });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: workspace.root });
}

/** What a run of a machine that has only the clone says. */
async function runElsewhere(project: ToyProject, name: string): Promise<string[]> {
  const root = join(project.folder, name);
  const origin = join(project.folder, 'origin.git');
  await git(['clone', '--quiet', '--branch', 'main', origin, root], { cwd: project.folder });
  const workspace = openWorkspace(root);
  const said: string[] = [];
  await runPipeline(workspace, 'toy', {
    find: keptRuns(workspace, 'toy', (text) => said.push(text))!,
    report: (event) => {
      if (event.kind === 'stage-started' || event.kind === 'stage-cached')
        said.push(`${event.stage}: ${event.kind}`);
    },
  });
  return said;
}

test('what a trusted run trained, a run elsewhere takes from the registry; what a stranger signed, it does not', async () => {
  await using fake = await startRegistry();
  await using project = await toyProject();
  const { workspace, fingerprints } = await kept(project, fake.host);
  expect(fingerprints).toHaveLength(2);
  const tags = [...fake.manifests.keys()].filter((key) => key.includes('/run-'));
  expect(tags.sort()).toEqual(
    fingerprints.map((fingerprint) => `acme/toy/run-${fingerprint.slice('sha256:'.length)}`).sort(),
  );
  const strangers = await runElsewhere(project, 'stranger');
  expect(strangers.filter((line) => !line.includes('not used'))).toEqual([
    'prepare: stage-started',
    'train: stage-started',
  ]);
  expect(strangers.join()).toMatch(
    /toy: what an earlier run kept is not used\. E_SIGNATURE: signed by sha256/,
  );
  await trustKeyOf(workspace);
  expect(await runElsewhere(project, 'friend')).toEqual([
    'prepare: stage-started',
    'toy: trained by an earlier run',
    'train: stage-cached',
  ]);
});

test('files that nobody signed for are not fetched, and a registry that is gone costs a training', async () => {
  await using project = await toyProject();
  {
    await using fake = await startRegistry();
    await trustKeyOf((await kept(project, fake.host)).workspace);
    for (const [key, { bytes, type }] of fake.manifests) {
      const manifest = JSON.parse(bytes.toString()) as { layers: { annotations: object }[] };
      manifest.layers = manifest.layers.toReversed().slice(1);
      fake.manifests.set(key, { bytes: Buffer.from(JSON.stringify(manifest)), type });
    }
    expect((await runElsewhere(project, 'friend')).join('\n')).toMatch(
      /not used\. E_IMAGE_LAYOUT: files that nobody signed for in .*\ntrain: stage-started/,
    );
  }
  expect((await runElsewhere(project, 'late')).join('\n')).toMatch(
    /not used\. E_REGISTRY_FAILED: GET \/manifests\/run-.*\ntrain: stage-started/,
  );
});

test('a quick run is not kept', async () => {
  await using project = await toyProject();
  const folder = join(project.folder, 'handed');
  await trainCandidate(project, 'toy', { folder });
  const path = join(folder, 'candidate.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"v": 1,', '"v": 1,\n  "quick": true,'));
  expect(await messageOf(keepTrained(project, folder))).toMatch(/^E_HANDOVER_RECORD: a quick run/);
  rmSync(folder, { recursive: true });
  expect(keptRuns(project, 'toy')).toBeNull();
});
