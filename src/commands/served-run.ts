import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../data/index.ts';
import type { Evaluation } from '../evaluation/index.ts';
import type { RunRecord } from '../pipeline/index.ts';
import type { ServedMetadata } from '../serving/index.ts';
import {
  checkName,
  digestOf,
  hexOf,
  LockstepError,
  modelPath,
  statePath,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';

export interface ServedRun {
  readonly folder: string;
  readonly metadata: ServedMetadata;
}

/**
 * Lays the model of the newest judged run out as an image would hold it, under `.lockstep/serve/<model>/`. It has
 * no version yet, so it is called `run-<fingerprint>`. Errors: E_RUN_MISSING, E_NAME, E_OBJECT_MISSING.
 */
export async function layOutNewestRun(workspace: Workspace, model: string): Promise<ServedRun> {
  const run = newestRun(workspace, checkName(model, 'model'));
  const read = (name: string) => readFileSync(join(run.folder, name));
  const evaluation = JSON.parse(read('evaluation.json').toString()) as Evaluation;
  const { subject, task, threshold, positive } = evaluation;
  if (subject.kind !== 'candidate' || subject.modelDigest === null) throw noModel(model);
  const golden = read('golden.json');
  const metadata: ServedMetadata = {
    model,
    version: `run-${hexOf(run.record.fingerprint).slice(0, 12)}`,
    modelDigest: subject.modelDigest,
    golden: digestOf(golden),
    task,
    ...(threshold === undefined ? {} : { threshold }),
    ...(positive === undefined ? {} : { positive }),
  };
  const folder = statePath(workspace, 'serve', model);
  mkdirSync(folder, { recursive: true });
  await openStore(workspace).materialize(subject.modelDigest, join(folder, 'model.onnx'));
  writeAtomic(join(folder, 'golden.json'), golden);
  writeAtomic(join(folder, 'model.yaml'), readFileSync(modelPath(workspace, model, 'model.yaml')));
  writeAtomic(join(folder, 'metadata.json'), `${JSON.stringify(metadata, null, 2)}\n`);
  return { folder, metadata };
}

interface JudgedRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly time: number;
}

function newestRun(workspace: Workspace, model: string): JudgedRun {
  const runs = statePath(workspace, 'runs');
  const judged = (existsSync(runs) ? readdirSync(runs) : []).sort().flatMap((name): JudgedRun[] => {
    const folder = join(runs, name);
    const [recordFile, golden] = [join(folder, 'record.json'), join(folder, 'golden.json')];
    if (!/^[0-9a-f]{64}$/.test(name) || !existsSync(recordFile) || !existsSync(golden)) return [];
    const record = JSON.parse(readFileSync(recordFile, 'utf8')) as RunRecord;
    // A run whose stages were cached writes its record again: it is the newest then.
    return record.model === model ? [{ folder, record, time: statSync(recordFile).mtimeMs }] : [];
  });
  const newest = judged.sort((a, b) => b.time - a.time)[0];
  if (newest) return newest;
  throw new LockstepError('E_RUN_MISSING', {
    what: `no judged run of ${model} with an ONNX model on this machine`,
    fix: `run \`lockstep run ${model}\``,
  });
}

const noModel = (model: string): LockstepError =>
  new LockstepError('E_RUN_MISSING', {
    what: `the newest run of ${model} made predictions and no ONNX model`,
    allowed: 'a run whose `evaluate: model` names an ONNX file',
    fix: 'serve it from an image of its own',
  });
