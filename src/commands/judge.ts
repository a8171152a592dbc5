import { join } from 'node:path';
import { type ReadPolicy, readPolicy } from '../gate/index.ts';
import { readModelFile } from '../model/index.ts';
import {
  type Pipeline,
  type Report,
  type RunRecord,
  readPipeline,
  readRunRecord,
} from '../pipeline/index.ts';
import type { Training } from '../report/index.ts';
import { hexOf, isLockstepError, LockstepError, statePath, type Workspace } from '../workspace/index.ts';
import { chooseBase, workspaceAt } from './base.ts';
import { chooseBaseline } from './baseline.ts';
import { type Expected, type Handover, readHandover } from './handover.ts';
import { quickDoubt } from './judged-file.ts';
import { type Judged, type JudgedFiles, writeJudged } from './judged-files.ts';
import { rowsAtBase } from './judged-rows.ts';
import { judgeCandidate } from './judgement.ts';
import type { Candidate } from './subjects.ts';
import { trainingTableAtBase } from './training-rows.ts';

export interface JudgeOptions {
  /** Revision whose policy, rows, pipeline and model.yaml judge. */
  readonly base?: string;
  /** What the folder must be of. */
  readonly expected?: Expected;
  readonly report?: Report;
}

/**
 * Judges a folder that `run --candidate` wrote, or somebody who says so. Its model is scored here, on rows that the
 * base commit makes, by the base commit's policy; what the change itself has in the work tree plays no part.
 * Errors: those of `readHandover`; E_PIPELINE_MISSING and E_CONFIG_MISSING for a model that the base does not know.
 */
export async function judgeHandover(
  workspace: Workspace,
  folder: string,
  { base: revision, expected, report }: JudgeOptions = {},
): Promise<Judged> {
  const clock = performance.now();
  const handed = await readHandover(workspace, folder, expected);
  const base = await committedBase(workspace, revision);
  const judging = await workspaceAt(workspace, base);
  const { model } = handed.file;
  const pipeline = await pipelineAt(judging, model, base);
  const policy = await policyAt(judging, model, base);
  const modelFile = await readModelFile(judging, model, { commit: base });
  const candidate = candidateOf(judging, handed, pipeline);
  const doubt = doubtOf(judging, handed, pipeline);
  const { rows, made } = await rowsAtBase(judging, pipeline, report);
  const champions = await chooseBaseline(judging, model, { base, ask: 'try' });
  const judgement = await judgeCandidate(judging, {
    candidate,
    rows: { ...rows, doubt },
    policy,
    modelFile,
    champions,
    now: new Date(),
  });
  const { evaluation, baseline, comparison, verdicts } = judgement;
  const input = {
    model,
    modelFile,
    evaluation,
    baseline,
    comparison,
    verdicts,
    run: { ...handed.record, lock: null, stages: made.stages },
    stages: made.lines,
    data: null, // What the change does to data.lock is only claimed.
    notes: notesOn(handed, doubt, base),
    base,
    head: handed.file.head,
  };
  const files = filesOf(workspace, handed);
  await writeJudged(workspace, files, judgement, input);
  const seconds = Math.round(performance.now() - clock) / 1000;
  const claims = { quick: handed.file.quick === true, trained: trainingOf(handed, pipeline) };
  return { judgement, report: input, files, doubt, claims, cached: false, seconds };
}

/** Three years: what claims more says nothing. */
const mostSeconds = 1e8;

/** Times as the record claims them; which stages ask for a GPU is the base's to say. */
function trainingOf({ record }: Handover, { file }: Pipeline): Training {
  const within = (seconds: number) => Math.min(Math.max(seconds, 0), mostSeconds);
  const seconds = (stages: RunRecord['stages']) => within(stages.reduce((sum, one) => sum + one.seconds, 0));
  const onGpu = record.stages.filter(
    ({ name }) => Object.hasOwn(file.stages, name) && file.stages[name]!.gpu === true,
  );
  return {
    stages: record.stages.length,
    work: seconds(record.stages),
    took: within(record.seconds),
    gpu: seconds(onGpu),
  };
}

async function committedBase(workspace: Workspace, revision: string | undefined): Promise<string> {
  const base = await chooseBase(workspace, revision);
  if (base !== null) return base;
  throw new LockstepError('E_GIT', {
    what: 'nothing is committed',
    allowed: 'a base commit, whose policy and rows judge',
    fix: 'commit the pipeline, or judge in the repository that the change is for',
  });
}

async function pipelineAt(workspace: Workspace, model: string, base: string): Promise<Pipeline> {
  try {
    return await readPipeline(workspace, model, { commit: base });
  } catch (error) {
    if (isLockstepError(error, 'E_PIPELINE_MISSING'))
      throw unknownToBase(model, base, 'pipelines', 'pipeline.yaml');
    throw error;
  }
}

/** Never the work tree's, which may be the change itself. */
async function policyAt(workspace: Workspace, model: string, base: string): Promise<ReadPolicy> {
  const policy = await readPolicy(workspace, model, base).catch((error: unknown) => {
    throw isLockstepError(error, 'E_CONFIG_MISSING')
      ? unknownToBase(model, base, 'models', 'policy.yaml')
      : error;
  });
  if (policy.commit === null) throw unknownToBase(model, base, 'models', 'policy.yaml');
  return policy;
}

const unknownToBase = (model: string, base: string, folder: string, file: string): LockstepError =>
  new LockstepError(folder === 'pipelines' ? 'E_PIPELINE_MISSING' : 'E_CONFIG_MISSING', {
    what: `no ${folder}/${model}/${file} at the base commit ${base.slice(0, 12)}`,
    allowed: 'a model that the base knows: a folder brings neither rows nor a policy to judge a new one by',
    fix: `judge a new model where its code is, with \`lockstep run ${model}\``,
  });

/** Under the names that the base's pipeline has for them. Errors: E_HANDOVER_SHAPE for what the base asks for in vain. */
function candidateOf(
  workspace: Workspace,
  { file, model, predictions }: Handover,
  pipeline: Pipeline,
): Candidate {
  const { evaluate } = pipeline.file;
  const needed = evaluate.predictions === undefined ? 'model.onnx' : 'predictions.parquet';
  if (!file.files[needed]) {
    throw new LockstepError('E_HANDOVER_SHAPE', {
      what: `no ${needed}, by which the base judges ${file.model}`,
      where: { file: 'candidate.json' },
      allowed: `a candidate with ${needed}`,
      fix: 'change how the model is judged in a commit of its own, before the model',
    });
  }
  return {
    model: file.model,
    run: file.fingerprint,
    lock: null,
    evaluate,
    outputs: {
      ...(model && evaluate.model !== undefined ? { [evaluate.model]: model } : {}),
      ...(predictions && evaluate.predictions !== undefined ? { [evaluate.predictions]: predictions } : {}),
    },
    training: () => trainingTableAtBase(workspace, pipeline),
  };
}

/** Why no verdict can pass, or null: predictions say what they like unless this machine made them. */
function doubtOf(
  workspace: Workspace,
  { file, predictions }: Handover,
  { file: { evaluate } }: Pipeline,
): string | null {
  if (file.quick) return quickDoubt;
  if (predictions === null) return null;
  if (evaluate.predictions === undefined)
    return 'the change judges itself by predictions, the base by the model alone; judged on main';
  return madeHere(workspace, file.fingerprint, predictions.digest)
    ? null
    : 'not scored by the judge: the predictions are as they were handed over; judged on main';
}

function madeHere(workspace: Workspace, run: Handover['file']['fingerprint'], digest: string): boolean {
  try {
    const { stages } = readRunRecord(workspace, run);
    return stages.some(({ outputs }) => Object.values(outputs).some((output) => output.digest === digest));
  } catch {
    return false; // No such run here, or a damaged record of it.
  }
}

function notesOn({ file }: Handover, doubt: string | null, base: string): string[] {
  return [
    'judged from handed-over files: commit, run and machine are as the candidate says; rows, policy and model.yaml are those of the base commit',
    ...(doubt === null ? [] : [doubt]),
    ...(file.base === null || file.base === base
      ? []
      : [`the candidate was made against another base, ${file.base}`]),
  ];
}

function filesOf(workspace: Workspace, { digest }: Handover): JudgedFiles {
  const folder = statePath(workspace, 'judged', hexOf(digest));
  return {
    folder,
    report: join(folder, 'report.html'),
    comment: join(folder, 'comment.md'),
    model: null,
    predictions: join(folder, 'predictions.parquet'),
  };
}
