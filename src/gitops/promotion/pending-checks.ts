import type { CheckResult } from '../../gate/verdict.ts';
import type { Observation, ReleaseRecord } from '../../registry/index.ts';
import { LockstepError, type Workspace } from '../../workspace/index.ts';
import { lookAt, runs } from '../observation/observe.ts';

type Golden = Observation['golden'];

interface Looking {
  readonly now: Date;
  /** What an environment names of this version, and its golden requests as recorded; null where it names another. */
  readonly there: (
    environment: string,
  ) => Promise<{ readonly record: ReleaseRecord; readonly golden: Golden } | null>;
}

/**
 * Checks with `from: <environment>`, which the gate left pending, judged from what that environment is seen to do
 * now, else from what was recorded of it. Errors: E_VERDICT_FAILED, E_VERDICT_INCONCLUSIVE when it can't be seen.
 */
export async function judgePending(
  workspace: Workspace,
  record: ReleaseRecord,
  environment: string,
  looking: Looking,
): Promise<CheckResult[]> {
  const judged: CheckResult[] = [];
  for (const result of record.verdicts[environment]!.checks) {
    judged.push(result.outcome === 'pending' ? await judge(workspace, record, result, looking) : result);
  }
  const bad = judged.find(({ outcome }) => outcome === 'fail' || outcome === 'inconclusive');
  if (!bad) return judged;
  throw new LockstepError(bad.outcome === 'fail' ? 'E_VERDICT_FAILED' : 'E_VERDICT_INCONCLUSIVE', {
    what: `${record.model} ${record.version} may not go to ${environment}: ${bad.reason}`,
    where: { file: `models/${record.model}/policy.yaml` },
    allowed: bad.id,
    fix:
      bad.outcome === 'fail'
        ? 'promote a version that passes'
        : `let ${bad.check.from} run it where it can be asked (lockstep up, or a url in lockstep.yaml and lockstep observe)`,
  });
}

async function judge(
  workspace: Workspace,
  record: ReleaseRecord,
  result: CheckResult,
  { now, there }: Looking,
): Promise<CheckResult> {
  const { metric, from } = result.check;
  const sight = await lookAt(workspace, record.model, from!, now);
  const found = await there(from!);
  const isLive = sight.kind === 'running' && runs(sight.observation, found?.record ?? record);
  const golden = (isLive ? sight.observation.golden : null) ?? found?.golden ?? null;
  const value = metricsOf(golden)[metric] ?? null;
  const limit = result.check['at-most'] ?? result.check['at-least'] ?? null;
  if (value === null || limit === null) {
    return {
      ...result,
      outcome: 'inconclusive',
      value,
      limit,
      reason: `${metric}: ${from} was not seen to measure it for this version`,
    };
  }
  const holds = result.check['at-most'] === undefined ? value >= limit : value <= limit;
  return {
    ...result,
    outcome: holds ? 'pass' : 'fail',
    value,
    limit,
    reason: `${metric} is ${value} in ${from}, ${result.check['at-most'] === undefined ? 'at least' : 'at most'} ${limit} is asked for`,
  };
}

/** `error_rate`: the share of golden requests that the running server did not answer as the model did offline. */
const metricsOf = (golden: Golden): Readonly<Record<string, number>> =>
  golden && golden.asked > 0 ? { error_rate: (golden.asked - golden.equal) / golden.asked } : {};
