import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findLock, type Lock, parseLock } from '../data/index.ts';
import { checkProposedPolicy } from '../gate/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import {
  notesOf,
  type Report,
  type RunOptions,
  type RunResult,
  readPipeline,
  runPath,
  runPipeline,
} from '../pipeline/index.ts';
import { listVersions } from '../registry/index.ts';
import type { DataChange, ReportInput, StageLine } from '../report/index.ts';
import { readAtCommit, resolveCommit, type Workspace } from '../workspace/index.ts';
import { chooseBase } from './base.ts';
import { chooseBaseline, knownChampions } from './baseline.ts';
import { lockDifference } from './data-changes.ts';
import { findAfterCheck } from './data-check.ts';
import { type Judged, type JudgedFiles, writeJudged } from './judged-files.ts';
import { type Judgement, judgeRun } from './judgement.ts';
import { keepJudgement, keptJudgement } from './judgement-cache.ts';
import { judgementKey, policyNotes, policyTexts } from './judgement-key.ts';
import { versionAfter } from './next-version.ts';
import { stageLines } from './stage-lines.ts';

export interface RunModelOptions {
  /** Run again whatever the cache has. */
  readonly force?: boolean;
  /** Revision whose policy and rows judge. */
  readonly base?: string;
  /** May bring what others trained into the run cache. */
  readonly find?: RunOptions['find'];
  readonly report?: Report;
}

/** A run with its judgement and its report. */
export interface ModelRun extends Judged {
  readonly run: RunResult;
}

/**
 * Trains what has to be trained, judges it against what runs in production, and writes the report that a pull
 * request would get. A second time it does nothing and says so.
 */
export async function runModel(
  workspace: Workspace,
  model: string,
  { force = false, base: revision, find, report }: RunModelOptions = {},
): Promise<ModelRun> {
  const clock = performance.now();
  const stages = stageLines();
  // What a person wrote is read first: nobody trains for an hour to hear of a typing error.
  await readPipeline(workspace, model);
  const modelFile = await readModelFile(workspace, model);
  checkProposedPolicy(workspace, model);
  const run = await runPipeline(workspace, model, {
    force,
    ...(await findAfterCheck(workspace, model, { find, force })),
    report: (event) => {
      stages.note(event);
      report?.(event);
    },
  });
  const base = await chooseBase(workspace, revision);
  // What was fetched last answers a repeated run at once; anything new is judged against what runs now.
  const known = run.cached ? await knownChampions(workspace, model, base) : null;
  const kept =
    known && (await keptJudgement(workspace, await judgementKey(workspace, run, base, known), run));
  const champions = kept ? known : await chooseBaseline(workspace, model, { base, ask: 'try' });
  const judgement = kept ?? (await judgeRun(workspace, { run, modelFile, base, champions, now: new Date() }));
  const input = await reportInput(workspace, {
    run,
    judgement,
    modelFile,
    base,
    stages: stages.of(run.record.stages),
  });
  const files = filesOf(workspace, run, judgement);
  const written = kept !== null && existsSync(files.report) && existsSync(files.comment);
  if (!written) {
    await writeJudged(workspace, files, judgement, input);
    keepJudgement(workspace, await judgementKey(workspace, run, base, champions), run, judgement);
  }
  return {
    run,
    judgement,
    report: input,
    files,
    cached: run.cached && written,
    seconds: Math.round(performance.now() - clock) / 1000,
  };
}

/** Where a run's judgement and report lie. */
export function filesOf(
  workspace: Workspace,
  { record, pipeline }: RunResult,
  { objects }: Judgement,
): JudgedFiles {
  const folder = runPath(workspace, record.fingerprint);
  return {
    folder,
    report: join(folder, 'report.html'),
    comment: join(folder, 'comment.md'),
    model: objects.model === null ? null : join(folder, pipeline.file.evaluate.model ?? 'model.onnx'),
    predictions: join(folder, 'predictions.parquet'),
  };
}

async function reportInput(
  workspace: Workspace,
  {
    run,
    judgement,
    modelFile,
    base,
    stages,
  }: {
    run: RunResult;
    judgement: Judgement;
    modelFile: ModelFile;
    base: string | null;
    stages: StageLine[];
  },
): Promise<ReportInput> {
  const { evaluation, baseline, comparison, verdicts } = judgement;
  const version = await wouldBecome(workspace, judgement, modelFile, run.pipeline.model);
  return {
    ...(version === null ? {} : { version }),
    model: run.pipeline.model,
    modelFile,
    evaluation,
    baseline,
    comparison,
    verdicts,
    run: run.record,
    stages,
    data: await dataChanges(workspace, base),
    notes: [
      ...policyNotes(await policyTexts(workspace, run.pipeline.model, base)),
      ...notesOf(workspace, run.record),
    ],
    datasets: factsOfData(workspace, run),
    base,
    head: await resolveCommit(workspace.root, 'HEAD'),
  };
}

/** The version that a new model would get; null for the very model that has one. */
async function wouldBecome(
  workspace: Workspace,
  { objects, baseline: { subject } }: Judgement,
  modelFile: ModelFile,
  model: string,
): Promise<string | null> {
  if (objects.model === null || subject.modelDigest === objects.model.digest) return null;
  return versionAfter(workspace, modelFile, await listVersions(workspace.root, model));
}

/** What lockstep.yaml says of the datasets that a stage read. */
export const factsOfData = ({ configuration }: Workspace, { record }: RunResult) =>
  Object.fromEntries(
    Object.entries(configuration.datasets).filter(([key]) =>
      record.stages.some(({ inputs }) => Object.hasOwn(inputs, `data:${key}`)),
    ),
  );

/** Datasets whose entry in data.lock differs from the base commit's. */
async function dataChanges(workspace: Workspace, base: string | null): Promise<DataChange[]> {
  const bytes = base === null ? null : await readAtCommit(workspace.root, base, 'data.lock');
  const before: Lock | null = bytes && parseLock(bytes, 'data.lock at the base commit');
  return base === null || bytes === null ? [] : lockDifference(before, findLock(workspace));
}
