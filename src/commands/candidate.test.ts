import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import schema from '../../docs/schemas/candidate.json' with { type: 'json' };
import { runCli } from '../../test/bad-inputs/command-line.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import { checkSchema, digestOf, git, readJson } from '../workspace/index.ts';
import { candidateOfRun, writeCandidate } from './candidate.ts';
import type { CandidateFile } from './candidate-file.ts';
import { runModel } from './run.ts';
import { boastfulYaml, toyProject } from './test-workspace.ts';

test('a candidate is candidate.json and the files it names, each by its digest, and no metrics', async () => {
  await using project = await toyProject();
  const folder = join(project.folder, 'handed');
  const done = await runModel(project, 'toy');
  await writeCandidate(project, folder, candidateOfRun(done));
  expect(readdirSync(folder).sort()).toEqual(['candidate.json', 'model.onnx', 'record.json']);
  const candidate = checkSchema<CandidateFile>(readJson(join(folder, 'candidate.json')), schema);
  const head = await git(['rev-parse', 'HEAD'], { cwd: project.root });
  expect(candidate).toMatchObject({
    model: 'toy',
    head,
    base: head,
    fingerprint: done.run.record.fingerprint,
  });
  for (const [name, ref] of Object.entries(candidate.files)) {
    const bytes = readFileSync(join(folder, name));
    expect(ref, name).toEqual({ digest: digestOf(bytes), size: bytes.length });
  }
  expect(readFileSync(join(folder, 'model.onnx'))).toEqual(
    readFileSync(join(project.root, 'pipelines/toy/toy.onnx')),
  );
});

test('a pipeline that is judged by predictions hands them over', async () => {
  await using project = await toyProject({ 'pipelines/toy/pipeline.yaml': boastfulYaml });
  const folder = join(project.folder, 'handed');
  mkdirSync(folder);
  const done = await runModel(project, 'toy');
  await writeCandidate(project, folder, candidateOfRun(done));
  expect(readdirSync(folder).sort()).toEqual([
    'candidate.json',
    'model.onnx',
    'predictions.parquet',
    'record.json',
  ]);
  expect(digestOf(readFileSync(join(folder, 'predictions.parquet')))).toBe(
    done.judgement.evaluation.predictions,
  );
});

test('a folder with something in it stays as it is, and nothing runs', async () => {
  await using project = await toyProject();
  const folder = join(project.root, 'models/toy');
  const before = readdirSync(folder);
  const ran = await runCli(project.root, ['run', 'toy', '--candidate', 'models/toy']);
  expect({ ...ran, seconds: 0 }).toMatchObject({ exit: 1, stdout: '' });
  expect(ran.stderr.replaceAll(project.folder, '<folder>')).toMatchInlineSnapshot(`
    "E_FILE_KIND: <folder>/ada/models/toy is not empty — an empty folder, or a name that is free. Fix: name another folder with --candidate.
    "
  `);
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(join(project.root, '.lockstep/runs'))).toBe(false);

  const done = await runModel(project, 'toy');
  writeFileSync(join(project.folder, 'file'), '');
  const said = await messageOf(writeCandidate(project, join(project.folder, 'file'), candidateOfRun(done)));
  expect(said.replaceAll(project.folder, '<folder>')).toMatchInlineSnapshot(
    `"E_FILE_KIND: <folder>/file is no folder — an empty folder, or a name that is free. Fix: name another folder with --candidate."`,
  );
  const half = await runCli(project.root, ['run', 'toy', '--until', 'prepare', '--candidate', 'x']);
  expect([half.exit, half.stderr]).toMatchInlineSnapshot(`
    [
      2,
      "E_USAGE: lockstep run takes --until or --candidate, not both: a candidate is a whole run
    ",
    ]
  `);
  expect(readdirSync(project.folder).sort()).toEqual(['ada', 'file', 'origin.git']);
});
