import type { DigestMemo, Store } from '../data/index.ts';
import type { Digest, Workspace } from '../workspace/index.ts';
import { differences } from './difference.ts';
import { fingerprintOf, type StageMaterial } from './fingerprint.ts';
import { completeMaterial, type MaterialSources, type ResolvedStage, resolveStage } from './material.ts';
import type { Pipeline } from './pipeline.ts';
import { type LatestMaterials, lookUpStage, readLatest } from './run-cache.ts';
import { openRunContext } from './run-context.ts';
import type { FileRef, StageRecord } from './run-record.ts';
import { stagesUntil } from './stage-graph.ts';

export type Decision =
  | { readonly kind: 'cached'; readonly record: StageRecord }
  /** `why` says what differs from the last time, in a few words each. */
  | { readonly kind: 'run'; readonly why: readonly string[] };

export interface StagePlan {
  readonly name: string;
  /** Null while an earlier stage has to run first: its outputs decide. */
  readonly fingerprint: Digest | null;
  readonly decision: Decision;
}

/** What a run would do now. */
export interface Plan {
  readonly model: string;
  readonly stages: readonly StagePlan[];
}

/** Says what `runPipeline` would do, and why, and changes nothing. Errors: those of reading the inputs. */
export async function planRun(
  workspace: Workspace,
  pipeline: Pipeline,
  { until }: { readonly until?: string } = {},
): Promise<Plan> {
  const context = await openRunContext(workspace, pipeline);
  const made = new Map<string, FileRef>();
  const stages: StagePlan[] = [];
  for (const stage of stagesUntil(pipeline.stages, until, pipeline.parsed.file)) {
    const resolved = await resolveStage(context, stage, made);
    const planned = await decide(context, resolved);
    if (planned.decision.kind === 'cached') {
      for (const [name, ref] of Object.entries(planned.decision.record.outputs)) made.set(name, ref);
    }
    stages.push(planned);
  }
  context.memo.save();
  return { model: pipeline.model, stages };
}

interface DecisionContext extends MaterialSources {
  readonly workspace: Workspace;
  readonly store: Store;
  readonly memo: DigestMemo;
}

/** Whether a stage's result is here already. */
export async function decide(context: DecisionContext, resolved: ResolvedStage): Promise<StagePlan> {
  const { workspace, store, memo, pipeline } = context;
  const { stage, material } = resolved;
  const complete = completeMaterial(material);
  const latest = readLatest(workspace, pipeline.model);
  if (complete === null) {
    const why = reasons(latest, stage.name, resolved);
    return { name: stage.name, fingerprint: null, decision: { kind: 'run', why } };
  }
  const fingerprint = fingerprintOf(complete);
  const cached = await lookUpStage(workspace, store, memo, fingerprint, complete.outputs);
  if (cached.kind === 'hit') {
    // Another model's stage may have made it, under another name.
    const record = { ...cached.record, name: stage.name };
    return { name: stage.name, fingerprint, decision: { kind: 'cached', record } };
  }
  const why =
    cached.kind === 'incomplete'
      ? [`${cached.missing.join(', ')} gone from the store`]
      : reasons(latest, stage.name, resolved, complete);
  return { name: stage.name, fingerprint, decision: { kind: 'run', why } };
}

function reasons(
  latest: LatestMaterials,
  name: string,
  { material }: ResolvedStage,
  complete?: StageMaterial,
): string[] {
  const before = latest[name];
  if (before === undefined) return ['never ran'];
  const found = differences(before, complete ?? material);
  return found.length > 0 ? found : ['its record is gone'];
}
