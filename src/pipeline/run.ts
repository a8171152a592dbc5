import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { usingStore } from '../data/index.ts';
import {
  canonicalJson,
  type Digest,
  LockstepError,
  resolveCommit,
  type Workspace,
  withLock,
} from '../workspace/index.ts';
import { fingerprintOf, type StageMaterial } from './fingerprint.ts';
import { type GitState, readGitState } from './git-state.ts';
import { completeMaterial, resolveStage } from './material.ts';
import { type Pipeline, readPipeline } from './pipeline.ts';
import { decide, type StagePlan } from './plan.ts';
import { quickPipeline } from './quick.ts';
import { readLatest, writeLatest } from './run-cache.ts';
import { openRunContext, type RunContext } from './run-context.ts';
import type { Report } from './run-event.ts';
import type { FileRef, RunRecord, StageRecord } from './run-record.ts';
import { keepRunRecord } from './run-records.ts';
import { type Stage, stagesUntil } from './stage-graph.ts';
import { runStage } from './stage-run.ts';
import { stageLockPath, sweepWork } from './work-folder.ts';

export interface RunOptions {
  /** The last stage to run; its needs run too. */
  readonly until?: string;
  /** Runs every stage again, whatever the cache has. */
  readonly force?: boolean;
  /** Runs the pipeline, its code and data.lock as they were at a commit, not as they lie in the work tree. */
  readonly source?: { readonly commit: string };
  /** Runs on a sample of the rows, with the params of `quick:`. */
  readonly quick?: boolean;
  /** Asked before a stage runs: may bring it into the run cache from elsewhere. */
  readonly find?: (fingerprint: Digest) => Promise<void>;
  readonly report?: Report;
}

export interface RunResult {
  readonly record: RunRecord;
  /** Of all stages, by name; their bytes are in the store. */
  readonly outputs: Readonly<Record<string, FileRef>>;
  /** True when nothing had to run. */
  readonly cached: boolean;
  readonly pipeline: Pipeline;
}

const oneDay = 86_400_000;

/**
 * Runs what has to run, in order, and restores the rest from the cache. Killed at any moment, the same command
 * finishes. Errors: those of the pipeline file, of its inputs, and of its stages (E_TRAIN_*).
 */
export const runPipeline = (
  workspace: Workspace,
  model: string,
  options: RunOptions = {},
): Promise<RunResult> => usingStore(workspace, `run ${model}`, () => run(workspace, model, options));

async function run(
  workspace: Workspace,
  model: string,
  { until, force = false, source, quick = false, find, report = () => {} }: RunOptions,
): Promise<RunResult> {
  const started = new Date();
  const clock = performance.now();
  const commit = source ? await commitOf(workspace, source.commit) : null;
  const git = commit === null ? readGitState(workspace.root) : Promise.resolve({ commit, dirty: false });
  const context = await openContext(workspace, await readPipeline(workspace, model, { commit }), quick);
  const { pipeline } = context;
  const stages = stagesUntil(pipeline.stages, until, pipeline.parsed.file);
  const elsewhere = force ? undefined : find;
  const finished = await runStages(context, stages, { force, report, find: elsewhere });
  context.memo.save();
  const cached = finished.every(({ ran }) => !ran);
  const record = keepRunRecord(context, {
    stages: finished.map((stage) => stage.record),
    git: (await git) satisfies GitState,
    started,
    seconds: Math.round(performance.now() - clock) / 1000,
    cached,
  });
  const outputs = Object.assign({}, ...finished.map((stage) => stage.record.outputs)) as RunResult['outputs'];
  return { record, outputs, cached, pipeline };
}

async function openContext(workspace: Workspace, pipeline: Pipeline, quick: boolean): Promise<RunContext> {
  const context = await openRunContext(workspace, pipeline);
  return quick ? { ...context, ...(await quickPipeline(workspace, pipeline, context.lock)), quick } : context;
}

async function commitOf(workspace: Workspace, revision: string): Promise<string> {
  const commit = await resolveCommit(workspace.root, revision);
  if (commit !== null) return commit;
  throw new LockstepError('E_GIT', { what: `no commit "${revision}"`, fix: 'name a commit, branch or tag' });
}

interface Finished {
  readonly record: StageRecord;
  readonly ran: boolean;
}

interface How {
  readonly force: boolean;
  readonly find: RunOptions['find'];
  readonly report: Report;
}

/** Stages that don't wait for each other run side by side; when one fails, those beside it finish and are kept. */
async function runStages(context: RunContext, stages: readonly Stage[], how: How): Promise<Finished[]> {
  const made = new Map<string, FileRef>();
  const slots = pLimit(availableParallelism());
  const running = new Map<string, Promise<Finished>>();
  let swept: Promise<void> | undefined;
  const sweepOnce = () => (swept ??= sweepWork(context.workspace));
  for (const stage of stages) {
    const needs = stage.inputs.flatMap((input) =>
      input.kind === 'output' ? [running.get(input.stage)!] : [],
    );
    const work = Promise.all(needs).then(() =>
      slots(async () => {
        const finished = await finishStage(context, stage, made, sweepOnce, how);
        for (const [name, ref] of Object.entries(finished.record.outputs)) made.set(name, ref);
        return finished;
      }),
    );
    running.set(stage.name, work);
  }
  const settled = await Promise.allSettled(running.values());
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function finishStage(
  context: RunContext,
  stage: Stage,
  made: ReadonlyMap<string, FileRef>,
  sweepOnce: () => Promise<void>,
  { force, find, report }: How,
): Promise<Finished> {
  const { workspace, pipeline } = context;
  const resolved = await resolveStage(context, stage, made);
  const material = completeMaterial(resolved.material)!; // Earlier stages are done, so every digest is known.
  const first = await decide(context, resolved);
  if (!force && first.decision.kind === 'cached') {
    return keepLatest(context, stage, material, cachedStage(stage, first.decision.record, report));
  }
  await sweepOnce();
  const lock = {
    what: `stage ${stage.name} of ${pipeline.model}`,
    waitMs: oneDay,
    onWait: (holder: string) => report({ kind: 'notice', stage: stage.name, text: `waits for ${holder}` }),
  };
  return withLock(stageLockPath(workspace, fingerprintOf(material)), lock, async () => {
    await find?.(fingerprintOf(material));
    // Whoever held the lock may have done the work.
    const { decision }: StagePlan = await decide(context, resolved);
    if (!force && decision.kind === 'cached') {
      return keepLatest(context, stage, material, cachedStage(stage, decision.record, report));
    }
    const why = decision.kind === 'run' ? decision.why : ['forced'];
    report({ kind: 'stage-started', stage: stage.name, why });
    const record = await runStage(context, resolved, material, made, report);
    report({ kind: 'stage-finished', stage: stage.name, seconds: record.seconds });
    return keepLatest(context, stage, material, { record, ran: true });
  });
}

function cachedStage(stage: Stage, record: StageRecord, report: Report): Finished {
  report({ kind: 'stage-cached', stage: stage.name });
  return { record, ran: false };
}

/** What the work tree last ran; a run of another commit, or of a sample, says nothing about it. */
function keepLatest(
  { workspace, pipeline, quick }: RunContext,
  { name }: Stage,
  material: StageMaterial,
  finished: Finished,
): Finished {
  if (pipeline.commit !== null || quick) return finished;
  const before = readLatest(workspace, pipeline.model)[name];
  if (before === undefined || canonicalJson(before) !== canonicalJson(material)) {
    writeLatest(workspace, pipeline.model, name, material);
  }
  return finished;
}
