import { listVersions } from '../registry/index.ts';
import {
  type ErrorCode,
  isLockstepError,
  type LockstepError,
  resolveCommit,
  type Workspace,
} from '../workspace/index.ts';
import type { RegisterResult } from './new-version.ts';
import { carryOut, type PromotionOutcome } from './promotion-request.ts';
import { type RegisterOptions, registerModel } from './register.ts';

/** What came of giving the default branch's model a version. */
export type RegisterOutcome =
  | { readonly kind: 'registered' | 'unchanged'; readonly result: RegisterResult }
  /** The gate says no: nothing is registered, and the change that was merged is told why. */
  | { readonly kind: 'refused'; readonly model: string; readonly code: ErrorCode; readonly reason: string }
  /** A registry that takes nothing from us is no fault of the model: neither green nor red. */
  | { readonly kind: 'neutral'; readonly model: string; readonly code: ErrorCode; readonly reason: string };

const refused: readonly ErrorCode[] = ['E_GATE_REFUSED'];
const neutral = /^E_REGISTRY_(AUTH|FAILED|RATE_LIMIT)$/;

/** A registry's no, to our image or to a base that it does not give us now. */
const saysNo = ({ code, cause }: LockstepError): boolean =>
  neutral.test(code) || (code === 'E_BASE_MISSING' && isLockstepError(cause) && neutral.test(cause.code));

/** Registers what HEAD holds, once however often it is asked. Errors: everything that is neither a verdict nor a registry's no. */
export async function releaseModel(
  workspace: Workspace,
  model: string,
  options: RegisterOptions = {},
): Promise<RegisterOutcome> {
  try {
    const result = await registerModel(workspace, model, options);
    return { kind: result.outcome, result };
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    const { code, message: reason } = error;
    if (refused.includes(code)) return { kind: 'refused', model, code, reason };
    if (saysNo(error)) return { kind: 'neutral', model, code, reason };
    throw error;
  }
}

/**
 * Takes the version of HEAD to an environment, the first unless stated. A model that HEAD did not change has no
 * version of HEAD: nothing is done. Errors: those of `carryOut`, E_VERSION_UNKNOWN for a version that is named.
 */
export async function deployModel(
  workspace: Workspace,
  {
    model,
    environment = workspace.configuration.environments[0]!,
    version,
  }: { readonly model: string; readonly environment?: string; readonly version?: string },
): Promise<PromotionOutcome | { readonly kind: 'nothing'; readonly reason: string }> {
  const chosen = version ?? (await versionOfHead(workspace, model));
  if (chosen === null)
    return { kind: 'nothing', reason: `no version of ${model} is registered at this commit` };
  return carryOut(workspace, { model, version: chosen, environment });
}

/** The version that is registered at this commit, or null. */
export async function versionOfHead(workspace: Workspace, model: string): Promise<string | null> {
  const head = await resolveCommit(workspace.root, 'HEAD');
  const versions = await listVersions(workspace.root, model);
  return versions.find(({ commit, deregistered }) => commit === head && !deregistered)?.version ?? null;
}

/** For a person: what a promotion came to, in a line. */
export function outcomeText(
  outcome: PromotionOutcome,
  job: { model: string; version: string; environment: string },
): string {
  const what = `${job.model} ${job.version} in ${job.environment}`;
  switch (outcome.kind) {
    case 'observed':
      return `${what}: observed at ${outcome.result.observed?.url ?? 'its address'}`;
    case 'already':
      return `${what}: there already, nothing written`;
    case 'proposed':
      return `${what}: proposed on the branch ${outcome.result.proposal?.branch}, to be merged to ${outcome.result.proposal?.target}`;
    case 'written':
      return `${what}: written to Git, not observed from here`;
    case 'waiting':
      return `${what}: not yet. ${outcome.reason}`;
    case 'refused':
      return `${what}: refused. ${outcome.reason}`;
  }
}
