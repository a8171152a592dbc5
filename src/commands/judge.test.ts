import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../test/bad-inputs/command-line.ts';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { OnnxGraph } from '../model/onnx-builder.ts';
import type { RunRecord } from '../pipeline/index.ts';
import { type Digest, digestOf } from '../workspace/index.ts';
import { candidateOfRun, writeCandidate } from './candidate.ts';
import { judgeHandover } from './judge.ts';
import { runModel } from './run.ts';
import { boastfulYaml, pipelineYaml, prepare, type ToyProject, toyProject } from './test-workspace.ts';

/** Runs what lies in the work tree and hands it over. */
async function handOver(project: ToyProject, name = 'handed') {
  const folder = join(project.folder, name);
  const done = await runModel(project, 'toy');
  await writeCandidate(project, folder, candidateOfRun(done));
  return { folder, done };
}

/** Latencies differ from one measurement to the next. */
const measured = /^latency_/;
const withoutTimes = (metrics: object) =>
  Object.fromEntries(Object.entries(metrics).filter(([name]) => !measured.test(name)));

interface Json {
  verdict: string;
  reasons: string[];
  metrics: object;
  report: string;
  comment: string;
  predictions: string;
}

test('a truthful candidate is judged as `run` judged it, a worse one fails with exit code 3', async () => {
  await using project = await toyProject();
  project.train(-0.9);
  await commitFiles(project, {}, 'feat: a little better');
  const cli = async (...args: string[]) => {
    const { exit, stdout, stderr } = await runCli(project.root, [...args, '--json']);
    return { exit, stderr, json: JSON.parse(stdout) as Json };
  };
  const ran = await cli('run', 'toy', '--candidate', '../good');
  const judged = await cli('judge', '../good');
  expect([ran.exit, judged.exit]).toEqual([0, 0]);
  expect(Object.keys(judged.json)).toEqual(Object.keys(ran.json));
  expect(withoutTimes(judged.json.metrics)).toEqual(withoutTimes(ran.json.metrics));
  const same = ['model', 'verdict', 'verdicts', 'baseline', 'differences', 'rows', 'run', 'modelDigest'];
  const pick = (json: object) =>
    Object.fromEntries(Object.entries(json).filter(([name]) => same.includes(name)));
  expect(pick(judged.json)).toEqual(pick(ran.json));
  const judgedIn = /^\.lockstep\/judged\/[0-9a-f]{64}\/(report\.html|comment\.md|predictions\.parquet)$/;
  for (const file of [judged.json.report, judged.json.comment, judged.json.predictions]) {
    expect(file).toMatch(judgedIn);
    expect(readFileSync(join(project.root, file)).length).toBeGreaterThan(100);
  }
  expect(readFileSync(join(project.root, judged.json.comment), 'utf8')).toContain(
    'judged from handed-over files',
  );

  project.train(4);
  const worse = await cli('run', 'toy', '--candidate', '../worse');
  const refused = await cli('judge', '../worse', '--base', 'origin/main');
  expect([worse.exit, refused.exit, refused.json.verdict]).toEqual([3, 3, 'fail']);
  expect(refused.json.reasons).toEqual(worse.json.reasons);
});

test('rows, policy, environments and model.yaml are those of the base, whatever the change makes of them', async () => {
  await using project = await toyProject();
  const base = await handOver(project, 'base');
  await commitFiles(project, {
    'models/toy/policy.yaml': 'checks:\n  - {metric: roc_auc, at-least: 0.01}\n',
    'lockstep.yaml': 'environments: [dev]\n',
    // Only rows that the model gets right, and a class that means the opposite.
    'pipelines/toy/prepare.mjs': prepare('rows.filter((_, row) => row % 2 && (row * 37) % 1000 > 800)'),
    'pipelines/toy/pipeline.yaml': pipelineYaml.replace('positive: "yes"', 'positive: "yes", threshold: 0.9'),
  });
  project.train(4);
  await commitFiles(project, {}, 'feat: what judges me');
  const { folder, done } = await handOver(project, 'change');
  const { judgement } = await judgeHandover(project, folder);
  expect(judgement.verdict).toBe('fail');
  expect(judgement.evaluation.data).toBe(base.done.judgement.evaluation.data);
  expect(judgement.evaluation.threshold).toBe(base.done.judgement.evaluation.threshold);
  expect(judgement.verdicts.map(({ environment }) => environment)).toEqual(['dev', 'staging', 'production']);
  expect(judgement.verdicts[0]!.checks.map(({ id }) => id)).toEqual([
    'roc_auc at-least 0.6',
    'log_loss at-most 0.9',
  ]);
  expect(judgement.verdicts[0]!.binding).toMatchObject({
    policy: { commit: base.done.report.base },
    lock: null,
  });
  expect(done.judgement.objects.model).toEqual(judgement.objects.model);
});

test('the rows are made again from the base where no run left them', async () => {
  await using project = await toyProject();
  project.train(-0.9);
  const { folder, done } = await handOver(project);
  rmSync(join(project.root, '.lockstep/runs'), { recursive: true });
  rmSync(join(project.root, '.lockstep/store'), { recursive: true });
  const { judgement, report } = await judgeHandover(project, folder);
  expect(withoutTimes(judgement.evaluation.metrics)).toEqual(withoutTimes(done.judgement.evaluation.metrics));
  expect(report.stages.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['prepare ran']);
});

test('predictions that this machine did not make are inconclusive at best', async () => {
  await using project = await toyProject({ 'pipelines/toy/pipeline.yaml': boastfulYaml });
  const { folder } = await handOver(project);
  expect((await judgeHandover(project, folder)).judgement.verdict).toBe('pass');
  rmSync(join(project.root, '.lockstep/runs'), { recursive: true });
  const { judgement, report } = await judgeHandover(project, folder);
  expect(judgement.evaluation.metrics.roc_auc?.value).toBe(1);
  expect(judgement.verdict).toBe('inconclusive');
  expect(report.notes?.[1]).toMatchInlineSnapshot(
    `"not scored by the judge: the predictions are as they were handed over; judged on main"`,
  );
});

test('a change that takes to judging itself by predictions is scored by its model, and waits for main', async () => {
  await using project = await toyProject();
  await commitFiles(project, { 'pipelines/toy/pipeline.yaml': boastfulYaml });
  const { folder } = await handOver(project);
  const { judgement } = await judgeHandover(project, folder);
  expect(judgement.evaluation.metrics.roc_auc?.value).toBeLessThan(0.95);
  expect([judgement.verdict, judgement.verdicts[0]!.reasons[0]]).toMatchInlineSnapshot(`
    [
      "inconclusive",
      "the change judges itself by predictions, the base by the model alone; judged on main",
    ]
  `);
});

describe('a folder that lies is refused', () => {
  let project: ToyProject;
  let truthful: string;
  beforeAll(async () => {
    project = await toyProject();
    truthful = (await handOver(project)).folder;
  });
  afterAll(() => project[Symbol.asyncDispose]());

  let folders = 0;
  const refusal = async (change: (folder: string) => void) => {
    const folder = join(project.folder, `case-${++folders}`);
    cpSync(truthful, folder, { recursive: true });
    change(folder);
    return (await messageOf(judgeHandover(project, folder)))
      .replaceAll(project.folder, '<folder>')
      .replace(/case-\d+/, 'case');
  };
  type Lines = Record<string, unknown> & { files: Record<string, { digest: Digest; size: number }> };
  const edit = (folder: string, change: (candidate: Lines) => void) => {
    const path = join(folder, 'candidate.json');
    const candidate = JSON.parse(readFileSync(path, 'utf8')) as Lines;
    change(candidate);
    writeFileSync(path, JSON.stringify(candidate));
  };
  /** Writes a file and names it truthfully. */
  const put = (folder: string, name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    edit(folder, ({ files }) => {
      files[name] = { digest: digestOf(bytes), size: Buffer.byteLength(bytes) };
    });
  };
  type Made = { -readonly [name in keyof RunRecord]: RunRecord[name] } & {
    stages: { outputs: Record<string, object>; metrics: object }[];
  };
  const editRecord = (folder: string, change: (record: Made) => void) => {
    const record = JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as Made;
    change(record);
    put(folder, 'record.json', JSON.stringify(record));
  };

  const cases: Record<string, (folder: string) => void> = {
    'no folder': (folder) => rmSync(folder, { recursive: true }),
    'no candidate.json': (folder) => rmSync(join(folder, 'candidate.json')),
    'a file that is not named': (folder) => writeFileSync(join(folder, 'evil.sh'), 'true'),
    'a name that is not allowed': (folder) => put(folder, '../x', 'x'),
    'a file that is missing': (folder) => rmSync(join(folder, 'model.onnx')),
    'a link': (folder) => {
      rmSync(join(folder, 'model.onnx'));
      symlinkSync('/etc/passwd', join(folder, 'model.onnx'));
    },
    'candidate.json as a link': (folder) => {
      copyFileSync(join(folder, 'candidate.json'), join(project.folder, 'elsewhere.json'));
      rmSync(join(folder, 'candidate.json'));
      symlinkSync(join(project.folder, 'elsewhere.json'), join(folder, 'candidate.json'));
    },
    'a folder inside': (folder) => mkdirSync(join(folder, 'predictions.parquet')),
    '300 KiB of JSON': (folder) => writeFileSync(join(folder, 'candidate.json'), ' '.repeat(300 * 1024)),
    'more than all may have': (folder) => truncateSync(join(folder, 'model.onnx'), 2 ** 31),
    'metrics of its own': (folder) =>
      edit(folder, (candidate) => Object.assign(candidate, { metrics: { roc_auc: 1 } })),
    'a digest of md5': (folder) =>
      edit(folder, ({ files }) => Object.assign(files['model.onnx']!, { digest: 'md5:00' })),
    'another digest': (folder) =>
      edit(folder, ({ files }) => Object.assign(files['model.onnx']!, { digest: digestOf('x') })),
    'a truncated model': (folder) => truncateSync(join(folder, 'model.onnx'), 100),
    'a truncated model, in the record too': (folder) => {
      const half = readFileSync(join(folder, 'model.onnx')).subarray(0, 600);
      put(folder, 'model.onnx', half);
      editRecord(folder, ({ stages }) => {
        stages[1]!.outputs['model.onnx'] = { digest: digestOf(half), size: half.length };
      });
    },
    'a model with an input that the rows lack': (folder) => {
      const model = wideModel();
      put(folder, 'model.onnx', model);
      editRecord(folder, ({ stages }) => {
        stages[1]!.outputs['model.onnx'] = { digest: digestOf(model), size: model.length };
      });
    },
    'a pickle, in the record too': (folder) => {
      const pickle = Buffer.from('80049510', 'hex');
      put(folder, 'model.onnx', pickle);
      editRecord(folder, ({ stages }) => {
        stages[1]!.outputs['model.onnx'] = { digest: digestOf(pickle), size: pickle.length };
      });
    },
    'a record of another run': (folder) =>
      editRecord(folder, (record) => Object.assign(record, { fingerprint: digestOf('other') })),
    'a record of another commit': (folder) =>
      editRecord(folder, (record) => Object.assign(record, { commit: '1'.repeat(40) })),
    'a record of another model file': (folder) =>
      editRecord(folder, ({ stages }) =>
        Object.assign(stages[1]!.outputs['model.onnx']!, { digest: digestOf('other') }),
      ),
    'a record that is none': (folder) => put(folder, 'record.json', '{"v": 1}'),
    "another model's name": (folder) => {
      edit(folder, (candidate) => Object.assign(candidate, { model: 'other' }));
      editRecord(folder, (record) => Object.assign(record, { model: 'other' }));
    },
    'no model': (folder) => {
      rmSync(join(folder, 'model.onnx'));
      edit(folder, ({ files }) => delete files['model.onnx']);
    },
  };

  test('with one message each', async () => {
    const told: string[] = [];
    for (const [name, change] of Object.entries(cases)) told.push(`${name}\n  ${await refusal(change)}`);
    // The record tells seconds, so that its size, and the folder's, differs by a byte or two.
    const text = told
      .join('\n')
      .replace(/the folder has 2,147,48\d,\d{3} bytes/, 'the folder has 2 GiB and a little');
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
      no folder
        E_HANDOVER_SHAPE: <folder>/case is not there — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      no candidate.json
        E_HANDOVER_SHAPE: no candidate.json in <folder>/case — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      a file that is not named
        E_HANDOVER_SHAPE: evil.sh, which candidate.json does not name — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      a name that is not allowed
        E_CONFIG_KEY: unknown key "../x" at files in candidate.json — model.onnx, predictions.parquet, record.json. Fix: remove the key.
      a file that is missing
        E_HANDOVER_SHAPE: model.onnx is missing, which candidate.json names — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      a link
        E_HANDOVER_SHAPE: model.onnx is a link — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      candidate.json as a link
        E_HANDOVER_SHAPE: candidate.json is a link — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      a folder inside
        E_HANDOVER_SHAPE: predictions.parquet is a folder — a folder of candidate.json and exactly the files it names, of model.onnx, predictions.parquet, record.json. Fix: hand over what \`lockstep run --candidate\` writes.
      300 KiB of JSON
        E_HANDOVER_TOO_LARGE: candidate.json has 307,200 bytes — at most 262,144. Fix: hand over what \`lockstep run --candidate\` writes.
      more than all may have
        E_HANDOVER_TOO_LARGE: the folder has 2 GiB and a little — at most 1,073,741,824. Fix: hand over what \`lockstep run --candidate\` writes.
      metrics of its own
        E_CONFIG_KEY: unknown key "metrics" at the top level in candidate.json — v, model, head, base, fingerprint, quick, files. Fix: remove the key.
      a digest of md5
        E_DIGEST_FORMAT: files.model.onnx.digest is the text "md5:00" in candidate.json — sha256: and 64 lower-case hex digits.
      another digest
        E_DIGEST_MISMATCH: model.onnx holds other bytes (sha256:<hex>) in candidate.json — sha256:<hex>, as candidate.json says. Fix: hand the folder over again.
      a truncated model
        E_SIZE_MISMATCH: model.onnx has 100 bytes in candidate.json — 1162, as candidate.json says. Fix: hand the folder over again.
      a truncated model, in the record too
        E_MODEL_FORMAT: bytes that do not decode as ONNX (premature EOF) in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      a model with an input that the rows lack
        E_MODEL_INPUT: the model takes a column "weather" that the data does not have. Fix: add the column to the data.
      a pickle, in the record too
        E_MODEL_FORMAT: pickle protocol 4 header in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      a record of another run
        E_HANDOVER_RECORD: the run sha256:<hex> in record.json — sha256:<hex>, as candidate.json says. Fix: hand over what \`lockstep run --candidate\` writes.
      a record of another commit
        E_HANDOVER_RECORD: the commit <hex> in record.json — <hex>, as candidate.json says. Fix: hand over what \`lockstep run --candidate\` writes.
      a record of another model file
        E_HANDOVER_RECORD: no stage that made sha256:<hex> in record.json — the record of the run that made model.onnx. Fix: hand over what \`lockstep run --candidate\` writes.
      a record that is none
        E_CONFIG_KEY: no "model" at the top level in record.json — the key is required. Fix: add model.
      another model's name
        E_PIPELINE_MISSING: no pipelines/other/pipeline.yaml at the base commit <hex> — a model that the base knows: a folder brings neither rows nor a policy to judge a new one by. Fix: judge a new model where its code is, with \`lockstep run other\`.
      no model
        E_HANDOVER_SHAPE: no model.onnx, by which the base judges toy in candidate.json — a candidate with model.onnx. Fix: change how the model is judged in a commit of its own, before the model.
      "
    `);
  });

  test('what a record boasts of changes nothing', async () => {
    const folder = join(project.folder, 'boast');
    cpSync(truthful, folder, { recursive: true });
    editRecord(folder, (record) => {
      record.stages[1]!.metrics = { roc_auc: 1 };
      record.seconds = 0;
    });
    const [boast, truth] = [await judgeHandover(project, folder), await judgeHandover(project, truthful)];
    expect(withoutTimes(boast.judgement.evaluation.metrics)).toEqual(
      withoutTimes(truth.judgement.evaluation.metrics),
    );
    expect(boast.report.run.stages).toEqual(truth.report.run.stages);
  });

  test('a revision that nobody knows', async () => {
    expect(await messageOf(judgeHandover(project, truthful, { base: 'nowhere' }))).toMatchInlineSnapshot(
      `"E_GIT: no commit "nowhere" — a branch, tag or commit of this repository. Fix: git fetch, or correct --base."`,
    );
  });
});

/** Takes a column that no base has. */
function wideModel(): Uint8Array {
  const graph = new OnnxGraph('wide');
  graph.output('score', graph.node('Sigmoid', [graph.input('weather', 'float')]), 'float');
  return graph.toBytes({});
}
