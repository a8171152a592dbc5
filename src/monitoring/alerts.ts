import { metricDirections, metricTitle } from '../evaluation/index.ts';
import type { Alert, MonitorReport, MonthReport, Rules } from './monitor-report.ts';

/** Of fewer windows than a full set the same share of violations is enough, rounded up. */
export function neededViolations(windows: number, rules: Pick<Rules, 'windows' | 'violations'>): number {
  return windows >= rules.windows
    ? rules.violations
    : Math.max(1, Math.ceil((rules.violations * windows) / rules.windows));
}

type Judged = Pick<MonitorReport, 'months' | 'rules' | 'reference'>;

/** What was violated in at least k of the newest n months, the metric first. */
export function alertsOf(report: Judged): Alert[] {
  const { rules } = report;
  const newest = report.months.slice(-rules.windows);
  const columns = [...new Set(newest.flatMap(({ drift }) => drift.map(({ column }) => column)))];
  return [
    raise(
      'metric',
      rules.metric,
      newest.filter(({ outcomes }) => outcomes > 0),
      (month) => worseThanGate(month, report),
    ),
    raise(
      'label-rate',
      'label rate',
      newest.filter(({ labelRate }) => labelRate),
      (month) => movedRate(month, report),
    ),
    ...columns.map((column) =>
      raise('drift', column, newest, ({ drift }) =>
        drift.some((found) => found.column === column && found.stabilityIndex > rules.stabilityIndex),
      ),
    ),
    ...[...new Set(newest.flatMap(({ newCategories }) => newCategories.map(({ column }) => column)))].map(
      (column) =>
        raise('new-categories', column, newest, ({ newCategories, rows }) =>
          newCategories.some(
            (found) => found.column === column && found.rows > rules.newCategoryShare * rows,
          ),
        ),
    ),
  ].filter((alert) => alert !== null);

  function raise(
    kind: Alert['kind'],
    subject: string,
    windows: readonly MonthReport[],
    violates: (month: MonthReport) => boolean,
  ): Alert | null {
    const months = windows.filter(violates).map(({ month }) => month);
    const needed = neededViolations(windows.length, rules);
    if (windows.length === 0 || months.length < needed) return null;
    const counted = `in ${months.length} of ${windows.length} months (${needed} are enough)`;
    return {
      kind,
      subject,
      months,
      of: windows.length,
      needed,
      reason: `${wordsOf(kind, subject, rules)} ${counted}: ${months.join(', ')}.`,
    };
  }
}

function wordsOf(kind: Alert['kind'], subject: string, rules: Rules): string {
  switch (kind) {
    case 'metric':
      return `${metricTitle(subject)} was worse than at the gate by more than ${round(rules.metricMargin)}`;
    case 'label-rate':
      return `The label rate was more than ${round(rules.labelRateMargin)} from the training rows'`;
    case 'drift':
      return `${subject} drifted (stability index over ${round(rules.stabilityIndex)})`;
    case 'new-categories':
      return `More than ${round(rules.newCategoryShare * 100)} % of ${subject} were values that training never saw`;
  }
}

const round = (value: number): string => String(Number(value.toPrecision(3)));

/** Worse by more than the margin, and not by chance: the month's interval leaves the gate's value out. */
function worseThanGate({ metrics }: MonthReport, { reference, rules }: Judged): boolean {
  const now = own(metrics, rules.metric);
  const gate = own(reference.metrics, rules.metric);
  if (!now || !gate) return false;
  const lower = own<'higher' | 'lower'>(metricDirections, rules.metric) === 'lower';
  const loss = lower ? now.value - gate.value : gate.value - now.value;
  const bound = lower ? now.low : now.high;
  const certain = bound === null || (lower ? bound > gate.value : bound < gate.value);
  return loss > rules.metricMargin && certain;
}

function movedRate({ labelRate }: MonthReport, { reference, rules }: Judged): boolean {
  if (!labelRate || !reference.labelRate) return false;
  const before = reference.labelRate.value;
  const certain =
    labelRate.low === null || labelRate.high === null || before < labelRate.low || before > labelRate.high;
  return Math.abs(labelRate.value - before) > rules.labelRateMargin && certain;
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
