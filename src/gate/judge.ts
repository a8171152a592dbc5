import type { Comparison, Evaluation, Metrics } from '../evaluation/index.ts';
import { baselineName } from './baseline-check.ts';
import { checkId, uniqueIds } from './check-id.ts';
import { judgeCheck } from './check-judging.ts';
import type { Policy, Waiver } from './policy.ts';
import type { Binding, CheckResult, Outcome, Verdict } from './verdict.ts';
import { counted } from './wording.ts';

export interface JudgeInput {
  readonly policy: Policy;
  readonly environment: string;
  readonly evaluation: Evaluation;
  /** With the baseline, on the same rows; null when there is none, which fails every `not-worse-than`. */
  readonly comparison: Comparison | null;
  /** Versions of this model that nobody may promote. */
  readonly holds: readonly string[];
  readonly version?: string | undefined;
  readonly now: Date;
  readonly binding: Binding;
  /** By environment; leave it out at the gate, so that checks with `from` are pending. */
  readonly observed?: Readonly<Record<string, Metrics>> | undefined;
}

/**
 * One environment's verdict, a pure function of its input: the policy's checks, then the environment's own. Any
 * failure fails; else any doubt is inconclusive; else at least one check has to have passed or been waived.
 */
export function judge(input: JudgeInput): Verdict {
  const { policy, environment, holds, version, now, binding } = input;
  const own = Object.hasOwn(policy.environments ?? {}, environment)
    ? (policy.environments![environment]!.checks ?? [])
    : [];
  const results = uniqueIds([...policy.checks, ...own].flatMap((check) => judgeCheck(check, input)));
  const checks = results.map((result) => waived(result, policy.waivers ?? [], now));
  const held = version !== undefined && holds.includes(version);
  const verdict = outcomeOf(checks, held);
  return {
    v: 1,
    environment,
    verdict,
    checks,
    reasons: [
      ...(held ? [`${version} is held: nobody may promote it until the hold is released`] : []),
      ...reasonsOf(checks),
      ...remarks(input),
    ],
    binding,
    made: now.toISOString(),
  };
}

function outcomeOf(checks: readonly CheckResult[], held: boolean): Outcome {
  const found = new Set(checks.map(({ outcome }) => outcome));
  if (held || found.has('fail')) return 'fail';
  if (found.has('inconclusive')) return 'inconclusive';
  return found.has('pass') || found.has('waived') ? 'pass' : 'inconclusive';
}

function waived(result: CheckResult, waivers: readonly Waiver[], now: Date): CheckResult {
  if (result.outcome !== 'fail' && result.outcome !== 'inconclusive') return result;
  const every = result.check.slice === '*' ? checkId(result.check) : result.id;
  const named = waivers.filter(({ check }) => check === result.id || check === every);
  const today = now.toISOString().slice(0, 10);
  const holding = named.find(({ until }) => today <= until);
  if (holding) {
    const { owner, reason, until } = holding;
    return {
      ...result,
      outcome: 'waived',
      reason: `waived by ${owner} until ${until} (${reason}): ${result.reason}`,
    };
  }
  const ended = named
    .map(({ until }) => until)
    .sort()
    .at(-1);
  return ended === undefined
    ? result
    : { ...result, reason: `${result.reason}; the waiver for it ended on ${ended}` };
}

/** What decided comes first. Slices too small to judge are one sentence together. */
function reasonsOf(checks: readonly CheckResult[]): string[] {
  const of = (outcome: CheckResult['outcome']) =>
    checks.filter((check) => check.outcome === outcome).map(({ reason }) => reason);
  const small = checks.filter(({ outcome }) => outcome === 'not-judged');
  const judged = checks.some(({ outcome }) => !['not-judged', 'pending'].includes(outcome));
  return [
    ...of('fail'),
    ...of('inconclusive'),
    ...(judged ? [] : ['no check could be judged, so nothing says that the model is good enough']),
    ...of('waived'),
    ...of('pending'),
    ...(small.length === 0 ? [] : [`${counted(small.length, 'slice check')} listed but not judged`]),
  ];
}

function remarks({ comparison, binding, policy, evaluation }: JudgeInput): string[] {
  const simplest = comparison?.baseline.kind === 'simplest';
  return [
    ...(simplest ? [`first version, judged against ${baselineName(comparison.baseline)}`] : []),
    ...(binding.policy.commit === null
      ? [`${evaluation.model} is new to the base commit: judged by the policy beside it`]
      : []),
    ...unusedWaivers(policy),
  ];
}

/** A waiver whose metric no check names was misspelt, or its check is gone. */
function unusedWaivers({ checks, environments, waivers }: Policy): string[] {
  const all = [...checks, ...Object.values(environments ?? {}).flatMap((entry) => entry.checks ?? [])];
  const known = all.map(({ slice: _, ...check }) => checkId(check));
  return (waivers ?? [])
    .filter(({ check }) => !known.some((id) => check === id || check.startsWith(`${id} `)))
    .map(({ check }) => `the waiver for "${check}" matches no check`);
}
