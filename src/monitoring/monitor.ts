import { type Column, column, type Table } from '../data/index.ts';
import type { Estimate, Metrics } from '../evaluation/index.ts';
import type { InputColumn } from '../model/model-file.ts';
import { LockstepError } from '../workspace/index.ts';
import { alertsOf } from './alerts.ts';
import { decayReport, labelRateOf, type Truth } from './decay.ts';
import { driftReport } from './drift.ts';
import type { MonitorReport, Rules } from './monitor-report.ts';
import { rowsByMonth } from './months.ts';

export interface MonitorInput extends Omit<Truth, 'outcomes'> {
  readonly version: string | null;
  /** Training rows with the inputs and the target. */
  readonly training: Table;
  /** The model's input columns; dates are not held against the training rows, they always move on. */
  readonly inputs: readonly InputColumn[];
  /** The evaluation's metrics at the gate. */
  readonly gate: Metrics;
  /** The scores of the judged rows at the gate, for the drift of the score. */
  readonly gateScores?: Float64Array;
  /** Rows the model was asked about: its inputs, `time`, and the row ids of `predictions` in the same order. */
  readonly seen: Table;
  /** Date column of `seen` whose months group the figures. */
  readonly time: string;
  /** `row_id` and `score` of each row of `seen`, in its order. */
  readonly predictions: Table;
  /** Rows whose target is known by now; null while none is. */
  readonly outcomes: Table | null;
  readonly rules?: Partial<Rules>;
}

/**
 * Holds the months after training against the training rows (inputs, score, label rate) and against the gate
 * (metrics). Pure. Errors: E_MONITOR_DATA, E_TABLE_COLUMN, E_EVALUATE_TARGET.
 */
export function monitor(input: MonitorInput): MonitorReport {
  const { seen, predictions, outcomes, training, task, target } = input;
  if (predictions.rows !== seen.rows) {
    throw new LockstepError('E_MONITOR_DATA', {
      what: `${predictions.rows} predictions for ${seen.rows} rows`,
      allowed: 'one prediction a row, in the same order',
    });
  }
  const windows = rowsByMonth(seen, input.time);
  const scores = scoreColumn(predictions);
  const drift = driftReport({
    reference: training,
    current: seen,
    windows,
    columns: input.inputs
      .filter(({ type, name }) => type !== 'date' && name !== input.time)
      .map(({ name }) => name),
    public: input.inputs.filter((one) => one.public === true).map(({ name }) => name),
  });
  const scoreDrift = input.gateScores && scoreDriftOf(input.gateScores, scores, windows);
  const known = outcomes && decayReport({ ...input, outcomes }, predictions, windows);
  const months = [...windows].map(([month, rows]) => {
    const outcome = known?.get(month);
    return {
      month,
      rows: rows.length,
      outcomes: outcome?.rows ?? 0,
      labelRate: outcome?.labelRate ?? null,
      meanScore: rows.reduce((sum, row) => sum + scores.values[row]!, 0) / rows.length,
      metrics: outcome?.metrics ?? {},
      drift: [...drift.get(month)!.drift, ...(scoreDrift?.get(month)?.drift ?? [])],
      newCategories: drift.get(month)!.newCategories,
    };
  });
  const reference = {
    rows: training.rows,
    labelRate: trainingRate(training, target, input),
    metrics: input.gate,
  };
  const rules = rulesFor(input, reference.labelRate);
  const report = {
    v: 1 as const,
    model: input.model,
    version: input.version,
    task,
    target,
    reference,
    rules,
    months,
  };
  return { ...report, alerts: alertsOf(report) };
}

/**
 * What Lockstep watches for unless told otherwise: two violated months of the newest five, where a label rate a
 * tenth off the training rows', an AUC 0.01 or an RMSE 5 % worse than at the gate, or a stability index over
 * 0.2 is a violation.
 */
function rulesFor({ task, gate, rules }: MonitorInput, labelRate: Estimate | null): Rules {
  const metric = rules?.metric ?? (task === 'regression' ? 'rmse' : 'roc_auc');
  const atGate = Object.hasOwn(gate, metric) ? gate[metric]!.value : 0;
  return {
    windows: 5,
    violations: 2,
    metricMargin: task === 'regression' ? 0.05 * Math.abs(atGate) : 0.01,
    stabilityIndex: 0.2,
    labelRateMargin: 0.1 * Math.abs(labelRate?.value ?? 0),
    newCategoryShare: 0.001,
    ...rules,
    metric,
  };
}

function trainingRate(
  training: Table,
  target: string,
  truth: Pick<Truth, 'task' | 'positive'>,
): Estimate | null {
  return training.columns.some(({ name }) => name === target)
    ? labelRateOf(column(training, target), truth)
    : null;
}

function scoreColumn(predictions: Table): { readonly values: Float64Array } {
  const found = column(predictions, 'score');
  if (found.type === 'number') return found;
  throw new LockstepError('E_MONITOR_DATA', {
    what: 'the scores are text',
    allowed: 'a number for each row',
  });
}

/** The score against the judged rows' at the gate: a drift that shows before any outcome is known. */
function scoreDriftOf(
  gate: Float64Array,
  now: { readonly values: Float64Array },
  windows: ReadonlyMap<string, readonly number[]>,
) {
  const table = (values: Float64Array): Table => ({
    rows: values.length,
    columns: [{ name: 'score', type: 'number', values } satisfies Column],
  });
  return driftReport({ reference: table(gate), current: table(now.values), windows, columns: ['score'] });
}
