import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../test/bad-inputs/command-line.ts';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { addData, pushData } from '../data/index.ts';
import { changeOutcome, renderChange } from '../report/index.ts';
import { findIsolation, git, openWorkspace, statePath, type Workspace } from '../workspace/index.ts';
import { judgeChange } from './judged-change.ts';
import { reviewChange } from './judged-review.ts';
import { type ToyProject, toyProject } from './test-workspace.ts';
import { trainCandidate } from './train.ts';

interface Change {
  readonly base: string;
  readonly head: string;
  readonly folder: string;
  /** A clone of the default branch, as the trusted job has it: the change's commits are there, its files are not. */
  readonly trusted: Workspace;
}

/** Commits a change on its branch, trains it there, and hands it over. */
async function handOver(project: ToyProject, files: Record<string, string>, hand = true): Promise<Change> {
  const base = await git(['rev-parse', 'origin/main'], { cwd: project.root });
  const head = await commitFiles(project, files, 'a change');
  const folder = join(project.folder, 'handed');
  if (hand) await trainCandidate(project, 'toy', { folder: join(folder, 'toy') });
  await git(['push', '--quiet', '--force', 'origin', 'HEAD:refs/pull/1/head'], { cwd: project.root });
  const root = join(project.folder, 'trusted');
  await git(['clone', '--quiet', '--branch', 'main', join(project.folder, 'origin.git'), root], {
    cwd: project.folder,
  });
  await git(['fetch', '--quiet', 'origin', 'refs/pull/1/head'], { cwd: root });
  cpSync(join(project.root, '.data'), join(root, '.data'), { recursive: true });
  return { base, head, folder, trusted: openWorkspace(root) };
}

async function judged({ trusted, folder, base, head }: Change) {
  const out = join(folder, '..', 'judged');
  const file = await judgeChange(trusted, { folder, base, head, out });
  const review = await reviewChange(trusted, out, { base, head });
  return { file, out, review, outcome: changeOutcome(review), comment: renderChange(review) };
}

test('a change is judged by the base, in a clone that never holds its files', async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const change = await handOver(project, {});
  const { file, outcome, comment, out } = await judged(change);
  expect(file.models).toMatchObject([
    { model: 'toy', kind: 'judged', why: ['train: toy.onnx changed'], quick: false },
  ]);
  expect(outcome).toMatchObject({ state: 'success', description: expect.stringMatching(/^pass: /) });
  expect(comment).toContain(`./lockstep run toy --base ${change.base.slice(0, 12)}`);
  expect(comment).toContain('**Changed**: train: toy.onnx changed');
  expect(existsSync(join(out, 'toy/report.html'))).toBe(true);
});

test('what the scoring process says of verdicts counts for nothing, and changed numbers are found out', async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const change = await handOver(project, {
    'models/toy/policy.yaml': 'checks:\n  - {metric: roc_auc, at-least: 0.99}\n',
  });
  const { out, review, outcome, comment } = await judged(change);
  // Its own policy would refuse; the base's decides, and both are told.
  expect(outcome.state).toBe('success');
  expect(review.models).toMatchObject([{ kind: 'judged', own: 'fail' }]);
  expect(comment).toContain('by its own this would be **fail**');
  const path = join(out, 'toy/evaluation.json');
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(/"roc_auc":\{[^}]*\}/, '"roc_auc":{"high":1,"low":1,"value":1}'),
  );
  expect(await messageOf(reviewChange(change.trusted, out, change))).toMatch(/^E_METRICS_TAMPERED: /);
});

test('a model that the change touches and nobody handed over is missed', async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const { outcome, comment } = await judged(await handOver(project, {}, false));
  expect(outcome.state).toBe('failure');
  expect(outcome.description).toContain('no candidate was handed over');
  expect(comment).toContain('its run handed nothing over');
});

test('another model’s folder, another commit, a broken file: refused by name', async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const change = await handOver(project, {});
  const path = join(change.folder, 'toy/candidate.json');
  const text = readFileSync(path, 'utf8');
  const said: string[] = [];
  for (const broken of [
    text.replace(change.head, change.base),
    text.replace('"toy"', '"other"'),
    '{"v": 1,',
  ]) {
    writeFileSync(path, broken);
    const out = join(change.folder, `../out${said.length}`);
    const { models } = await judgeChange(change.trusted, { ...change, out });
    said.push(`${models[0]?.kind} ${models[0]?.code}`);
  }
  expect(said).toEqual(['refused E_HANDOVER_SHAPE', 'refused E_HANDOVER_SHAPE', 'refused E_JSON_SYNTAX']);
});

test('a quick run never passes, whatever the scoring process says of it', async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const change = await handOver(project, {});
  const path = join(change.folder, 'toy/candidate.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), quick: true }));
  const { out, outcome, comment } = await judged(change);
  expect(outcome).toEqual({
    state: 'success',
    description: 'inconclusive: a quick run, on a sample of the rows: it can refuse, never pass',
  });
  expect(comment).toMatch(/^### ⚠️ \*\*toy\*\* is inconclusive/);
  const told = join(out, 'judged.json');
  writeFileSync(told, readFileSync(told, 'utf8').replace(/"doubt": "[^"]*"/, '"doubt": null'));
  expect(changeOutcome(await reviewChange(change.trusted, out, change))).toEqual(outcome);
});

test('nothing affected, a new model, and one that waits for a GPU', async () => {
  await using project = await toyProject();
  const nothing = await judged(await handOver(project, { 'README.md': 'words\n' }, false));
  expect(nothing.outcome).toEqual({ state: 'success', description: 'unchanged: no model is affected' });
  await using other = await toyProject();
  const yaml = readFileSync(join(other.root, 'pipelines/toy/pipeline.yaml'), 'utf8');
  const { outcome, review, comment } = await judged(
    await handOver(
      other,
      {
        'pipelines/fresh/pipeline.yaml': yaml,
        'pipelines/toy/pipeline.yaml': `runs-on: [self-hosted, gpu]\n${yaml.replace('inputs: [toy.onnx,', 'inputs: [toy.onnx, prepare.mjs,')}`,
      },
      false,
    ),
  );
  expect(review.models.map(({ model, kind }) => [model, kind])).toEqual([
    ['fresh', 'new'],
    ['toy', 'waiting'],
  ]);
  expect(outcome.state).toBe('pending');
  expect(comment).toMatch(/\/train [0-9a-f]{40}/);
});

test('a foreign model is scored by another user without network where the machine can', async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const { trusted, folder, base, head } = await handOver(project, {});
  const out = join(folder, '../out');
  const { isolation, models } = await judgeChange(trusted, { folder, base, head, out, isolated: true });
  const { user, network } = findIsolation();
  expect(isolation).toEqual({ user, network });
  expect(models).toMatchObject([{ kind: 'judged' }]);
});

test('the command line does the same: judge --all, gate, report', async () => {
  await using project = await toyProject();
  project.train(9);
  const { trusted, folder, base, head } = await handOver(project, {});
  const range = ['--base', base, '--head', head];
  const ran = await runCli(trusted.root, ['judge', folder, '--all', ...range, '--out', '../out', '--json']);
  expect([ran.exit, JSON.parse(ran.stdout).models[0].kind]).toEqual([0, 'judged']);
  const gated = await runCli(trusted.root, ['gate', '../out', ...range, '--json']);
  expect([gated.exit, JSON.parse(gated.stdout).state]).toEqual([3, 'failure']);
  const { stdout } = await runCli(trusted.root, ['report', '../out', ...range]);
  expect(stdout).toMatch(/^### ❌ \*\*toy\*\* must not be merged/);
  expect(stdout.trimEnd()).toMatch(/<!-- lockstep:report -->$/);
});

test("a signing key of ours that is none is the maintainers' to mend: nobody's change is refused for it", async () => {
  await using project = await toyProject();
  project.train(-1.2);
  const { trusted, folder, base, head } = await handOver(project, {});
  mkdirSync(statePath(trusted, 'keys'), { recursive: true });
  writeFileSync(statePath(trusted, 'keys/ed25519.pem'), 'no key');
  const out = join(folder, '../judged');
  expect(await messageOf(judgeChange(trusted, { folder, base, head, out }))).toMatch(
    /^E_SIGNATURE: no private key where the maintainers' own signing key should be/,
  );
  expect(existsSync(out)).toBe(false);
});

test('what changed inside the data is told in counts, of columns only those that a model.yaml names', async () => {
  await using project = await toyProject();
  const rows = readFileSync(join(project.root, 'data/toy/rows.csv'), 'utf8').trim().split('\n');
  const [head, ...cells] = rows;
  const changed = cells.map((line, row) => {
    const [id, distance, ...rest] = line.split(',');
    return [id, Number(distance) + 5000, ...rest, `secret${row % 3}`].join(',');
  });
  writeFileSync(
    join(project.root, 'data/toy/rows.csv'),
    `${head},Jane Doe\n${changed.slice(0, 390).join('\n')}\n`,
  );
  await addData(project, join(project.root, 'data/toy/rows.csv'));
  await pushData(project);
  // Only Git has the change's objects in the trusted clone: nothing was copied there.
  const change = await handOver(project, {});
  rmSync(join(change.trusted.root, '.data'), { recursive: true });
  await git(['checkout', '--quiet', '.data'], { cwd: change.trusted.root });
  const { file, comment, out } = await judged(change);
  expect(file.data).toMatchObject([
    {
      key: 'toy/rows.csv',
      rows: { before: 400, after: 390, added: 390, removed: 400 },
      columns: { added: [], removed: [], retyped: [], unnamed: 1 },
      moved: { columns: [{ column: 'distance' }] },
    },
  ]);
  expect(comment).toMatch(
    /- <code>toy\/rows.csv<\/code>: rows 400 → 390 \(390 new, 400 gone\); 1 changed column that no model.yaml names; 1 of \d distributions moved \(stability index: <code>distance<\/code> \d/,
  );
  const told = comment + readFileSync(join(out, 'judged.json'), 'utf8');
  expect(told).not.toMatch(/Jane|secret/);
  expect(comment).not.toContain('conflicts with the branch');
});

test('a lock that conflicts with main brings the one command that settles it', async () => {
  await using project = await toyProject();
  const { root } = project;
  const text = readFileSync(join(root, 'data.lock'), 'utf8');
  await git(['switch', '--quiet', '--create', 'other', 'origin/main'], { cwd: root });
  await commitFiles(project, { 'data.lock': text.replace(/size: \d+/, 'size: 8') }, 'other');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  await git(['switch', '--quiet', 'change'], { cwd: root });
  const change = await handOver(project, { 'data.lock': text.replace(/size: \d+/, 'size: 9') }, false);
  const { comment } = await judged(change);
  expect(comment).toContain(
    'One command settles it, dataset by dataset:\n\n```sh\n./lockstep data merge --base main && git commit --no-edit && git push\n```',
  );
});
