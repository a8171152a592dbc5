import type { Comparison, Evaluation } from '../evaluation/index.ts';
import { type Binding, judge, type Outcome, type Policy, type Verdict } from '../gate/index.ts';
import type { Workspace } from '../workspace/index.ts';

export interface VerdictsInput {
  /** Those it is judged for; all unless stated. */
  readonly environments?: readonly string[] | undefined;
  readonly policy: Policy;
  readonly evaluation: Evaluation;
  readonly comparison: Comparison;
  /** Why no verdict can pass, or null. */
  readonly doubt: string | null;
  readonly now: Date;
  readonly binding: Binding;
}

/** One verdict for an environment, from what is measured alone: whoever has the evaluation can make them again. */
export const verdictsOf = (
  { configuration }: Workspace,
  {
    environments = configuration.environments,
    policy,
    evaluation,
    comparison,
    doubt,
    now,
    binding,
  }: VerdictsInput,
): Verdict[] =>
  environments.map((environment) => {
    // Holds name versions; what is judged here has none yet.
    const verdict = judge({ policy, environment, evaluation, comparison, holds: [], now, binding });
    return doubt === null || verdict.verdict === 'fail'
      ? verdict
      : { ...verdict, verdict: 'inconclusive' as const, reasons: [doubt, ...verdict.reasons] };
  });

const order: readonly Outcome[] = ['pass', 'inconclusive', 'fail'];

/** One word for all environments: what will stop the change somewhere is said at once. */
export const worst = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.reduce<Outcome>(
    (worse, outcome) => (order.indexOf(outcome) > order.indexOf(worse) ? outcome : worse),
    'pass',
  );
