import type { Comparison, Difference, Evaluation, Metrics } from '../evaluation/index.ts';
import { nearest } from '../workspace/index.ts';
import { answerBaseline, usualConfidence } from './baseline-check.ts';
import { checkId } from './check-id.ts';
import { type Answer, type Finding, refused } from './finding.ts';
import { holm } from './holm.ts';
import { answerLimit } from './limit-check.ts';
import type { Check } from './policy.ts';
import type { CheckResult } from './verdict.ts';
import { counted } from './wording.ts';

export interface Evidence {
  readonly evaluation: Evaluation;
  readonly comparison: Comparison | null;
  /** What environments observed, by name; undefined at the gate, where nothing can be. */
  readonly observed?: Readonly<Record<string, Metrics>> | undefined;
}

/** The results of one check: one, or one for each slice. */
export function judgeCheck(check: Check, evidence: Evidence): CheckResult[] {
  if (check.from !== undefined) return [observedResult(check, check.from, evidence.observed)];
  const whole = { metrics: evidence.evaluation.metrics, differences: evidence.comparison?.metrics };
  if (check.slice === undefined)
    return decide(check, [{ ...part(check, evidence, whole), slice: undefined }]);
  return sliceResults(check, check.slice, evidence);
}

interface Rows {
  readonly metrics: Metrics;
  readonly differences: Readonly<Record<string, Difference>> | undefined;
}

interface Part {
  readonly slice: string | undefined;
  readonly answer: Answer;
}

function part(check: Check, { comparison }: Evidence, { metrics, differences }: Rows): { answer: Answer } {
  const estimate = own(metrics, check.metric);
  const missing = notMeasured(check.metric, metrics);
  return {
    answer: check['not-worse-than']
      ? answerBaseline(
          check,
          estimate?.value,
          differences && own(differences, check.metric),
          comparison?.baseline ?? null,
          missing,
        )
      : answerLimit(check, estimate, missing),
  };
}

/** Questions of one check share its confidence (Holm), each way: what passes, and what fails. */
function decide(check: Check, parts: readonly Part[]): CheckResult[] {
  const error = 1 - (check.confidence ?? usualConfidence);
  const questions = parts.flatMap(({ answer }) => ('question' in answer ? [answer.question] : []));
  const good = holm(
    questions.map((question) => question.good),
    error,
  );
  const bad = holm(
    questions.map((question) => question.bad),
    error,
  );
  const found = questions.map((question, index): Finding => {
    if (good[index]!.holds) return question.answer('pass', good[index]!.level);
    if (bad[index]!.holds) return question.answer('fail', bad[index]!.level);
    return question.answer('inconclusive', good[index]!.level);
  });
  return parts.map(({ answer, slice }) => {
    const finding = 'finding' in answer ? answer.finding : found.shift()!;
    const reason = slice === undefined ? finding.reason : `${slice}: ${finding.reason}`;
    return { id: checkId(check, slice), check, ...finding, reason };
  });
}

function sliceResults(check: Check, asked: string, evidence: Evidence): CheckResult[] {
  const compared = new Map(evidence.comparison?.slices.map((slice) => [nameOf(slice), slice.metrics]));
  const all = evidence.evaluation.slices.map((slice) => ({
    slice: nameOf(slice),
    rows: slice.rows,
    metrics: slice.metrics,
    differences: compared.get(nameOf(slice)),
  }));
  const chosen = asked === '*' ? all : all.filter(({ slice }) => slice === asked);
  if (chosen.length === 0)
    return decide(check, [{ slice: asked, answer: refused('no such slice was measured') }]);
  const small = chosen.filter(({ rows }) => rows < (check['min-rows'] ?? 1));
  // One class alone has no ROC AUC: over every slice that is the data's doing, not the model's.
  const without = chosen.filter(
    (slice) =>
      asked === '*' &&
      !small.includes(slice) &&
      !own(slice.metrics, check.metric) &&
      isMeasured(check, evidence),
  );
  const judged = decide(
    check,
    chosen
      .filter((slice) => !small.includes(slice) && !without.includes(slice))
      .map((slice) => ({ slice: slice.slice, ...part(check, evidence, slice) })),
  );
  return [
    ...judged,
    ...small.map(({ slice, rows }) =>
      notJudged(check, slice, `${counted(rows, 'row')}, fewer than the ${check['min-rows']} it takes`),
    ),
    ...without.map(({ slice }) => notJudged(check, slice, `${check.metric} has no value on these rows`)),
  ];
}

const isMeasured = (check: Check, { evaluation }: Evidence): boolean =>
  own(evaluation.metrics, check.metric) !== undefined;

const nameOf = ({ column, value }: { column: string; value: string }): string => `${column}=${value}`;

const nothing = { value: null, bound: null, limit: null };

const notJudged = (check: Check, slice: string, why: string): CheckResult => ({
  id: checkId(check, slice),
  check,
  outcome: 'not-judged',
  ...nothing,
  reason: `${slice}: ${why}`,
});

function observedResult(check: Check, from: string, observed: Evidence['observed']): CheckResult {
  const common = { id: checkId(check), check };
  const limit = check['at-least'] ?? check['at-most'] ?? null;
  if (!observed) {
    const reason = `${check.metric} is judged by promote from what ${from} observes`;
    return { ...common, ...nothing, limit, outcome: 'pending', reason };
  }
  const metrics = own(observed, from);
  if (!metrics) {
    const reason = `${check.metric}: nothing was observed in ${from} yet`;
    return { ...common, ...nothing, limit, outcome: 'inconclusive', reason };
  }
  const answer = answerLimit(check, own(metrics, check.metric), `${check.metric}: not measured`);
  const finding = 'finding' in answer ? answer.finding : answer.question.answer('inconclusive', 0.05);
  return { ...common, ...finding, reason: `in ${from}: ${finding.reason}` };
}

function notMeasured(metric: string, metrics: Metrics): string {
  const near = nearest(metric, Object.keys(metrics));
  return `${metric}: not measured${near === undefined || near === metric ? '' : ` (did you mean ${near}?)`}`;
}

/** Metric names come from a policy and may be `constructor`. */
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
