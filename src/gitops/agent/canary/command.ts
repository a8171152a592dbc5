import { setTimeout as sleep } from 'node:timers/promises';
import { committer, personOf } from '../../../registry/index.ts';
import { checkEnvironment, checkName, LockstepError, type Workspace } from '../../../workspace/index.ts';
import { checkReason } from '../../holds.ts';
import { rollback } from '../../rollback/rollback.ts';
import type { RollbackResult } from '../../rollback/rollback-note.ts';
import { agentEntry, livingAgent } from '../running.ts';
import type { EnvironmentState } from '../state.ts';
import { type CanaryAction, writeOrder } from './order.ts';
import type { CanaryState } from './state.ts';

export interface CanaryRequest {
  readonly model: string;
  readonly environment: string;
  readonly action: CanaryAction;
  /** Why; an abort needs one, for it becomes a rollback and a hold. */
  readonly reason?: string;
}

export interface CanaryResult {
  readonly model: string;
  readonly environment: string;
  readonly action: CanaryAction;
  /** As the agent found it. */
  readonly canary: CanaryState;
  /** Whether the agent did it while we waited; if not, it will. */
  readonly done: boolean;
  /** What an abort wrote to Git; null for the other actions. */
  readonly rollback: RollbackResult | null;
}

const patienceMs = 15_000;

/**
 * Orders the local agent to pause, resume, finish or abort a canary. An abort first takes the clients back, then
 * writes the rollback and the hold, so that Git says what runs. Errors: E_CANARY_NONE, E_USAGE (no reason), those of
 * `rollback`.
 */
export async function orderCanary(workspace: Workspace, request: CanaryRequest): Promise<CanaryResult> {
  const { model, environment, action } = request;
  checkName(model, 'model');
  checkEnvironment(workspace.configuration, environment);
  const reason =
    action === 'abort' || request.reason !== undefined ? checkReason(request.reason ?? '') : null;
  const by = personOf(await committer(workspace.root));
  const entry = agentEntry(livingAgent(workspace), model, environment);
  if (!entry?.canary) throw noCanary(model, environment, entry);
  const { canary } = entry;
  writeOrder({ workspace, model, environment }, { action, image: canary.image, by, reason });
  const done = await obeyed(workspace, request, canary);
  const result = { model, environment, action, canary, done };
  if (action !== 'abort') return { ...result, rollback: null };
  const back = { model, environment, ...(entry.version === null ? {} : { to: entry.version }) };
  return {
    ...result,
    rollback: await rollback(workspace, { ...back, reason: reason!, hold: true, observe: 30 }),
  };
}

async function obeyed(
  workspace: Workspace,
  { model, environment, action }: CanaryRequest,
  { image }: CanaryState,
): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(50)) {
    const entry = agentEntry(livingAgent(workspace), model, environment);
    const canary = entry?.canary?.image === image ? entry.canary : null;
    if (action === 'pause' && canary?.paused) return true;
    if (action === 'resume' && canary && !canary.paused) return true;
    if (action === 'promote' && entry?.image === image) return true;
    if (action === 'abort' && entry && !canary && entry.image !== image) return true;
  }
  return false;
}

const noCanary = (model: string, environment: string, entry: EnvironmentState | null): LockstepError =>
  new LockstepError('E_CANARY_NONE', {
    what:
      entry === null
        ? `no agent of this folder runs ${model} in ${environment}`
        : `${model} in ${environment} has no canary: ${entry.version ?? 'nothing'} answers every request`,
    allowed: 'a version that answers a share of the requests, started by `lockstep up`',
    fix: 'see `lockstep status`',
  });
