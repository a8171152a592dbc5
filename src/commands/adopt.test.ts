import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { git, openWorkspace, statePath } from '../workspace/index.ts';
import { adoptCandidate } from './adopt.ts';
import { runModel } from './run.ts';
import { toyProject } from './test-workspace.ts';
import { trainCandidate } from './train.ts';

test('what one job trained another does not train again', async () => {
  await using project = await toyProject();
  const folder = join(project.folder, 'handed');
  const trained = await trainCandidate(project, 'toy', { folder });
  const root = join(project.folder, 'release');
  await git(['clone', '--quiet', '--branch', 'main', join(project.folder, 'origin.git'), root], {
    cwd: project.folder,
  });
  const release = openWorkspace(root);
  expect(await adoptCandidate(release, folder)).toEqual(['train']);
  const steps: string[] = [];
  const { run } = await runModel(release, 'toy', {
    report: (event) => {
      if (event.kind === 'stage-started' || event.kind === 'stage-cached')
        steps.push(`${event.stage}: ${event.kind}`);
    },
  });
  expect(steps).toEqual(['prepare: stage-started', 'train: stage-cached']);
  expect(run.record.fingerprint).toBe(trained.run.record.fingerprint);
});

test('another commit, a quick run and a record of other bytes are not taken', async () => {
  await using project = await toyProject();
  const folder = join(project.folder, 'handed');
  await trainCandidate(project, 'toy', { folder });
  await commitFiles(project, { 'README.md': 'later\n' });
  expect(await messageOf(adoptCandidate(project, folder))).toMatch(/^E_HANDOVER_RECORD: a run at <hex>/);
  const path = join(folder, 'candidate.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"model": "toy"', '"model": "other"'));
  expect(await messageOf(adoptCandidate(project, folder))).toMatch(/^E_HANDOVER_RECORD: the model toy/);
  rmSync(statePath(project, 'runs'), { recursive: true });
});
