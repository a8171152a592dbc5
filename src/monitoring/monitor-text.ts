import { metricTitle } from '../evaluation/index.ts';
import { printable } from '../workspace/index.ts';
import type { MonitorReport, MonthReport } from './monitor-report.ts';

/** What `lockstep monitor` prints: one line a month, then what is to be done about it. */
export function renderText(report: MonitorReport): string {
  const { model, version, months, alerts, rules, reference } = report;
  const gate = Object.hasOwn(reference.metrics, rules.metric) ? reference.metrics[rules.metric] : undefined;
  const head = `${printable(model)}${version === null ? '' : ` ${printable(version)}`} on ${months.length} ${months.length === 1 ? 'month' : 'months'} after its training`;
  const rows = [
    ['', 'rows', 'label rate', metricTitle(rules.metric), '95 % interval', 'most drift', 'new values'],
    ['reference', '', shareText(reference.labelRate?.value), figure(gate?.value), '', '', ''],
    ...months.map((month) => monthCells(month, rules.metric)),
  ];
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  const table = rows.map((row) =>
    `  ${row.map((cell, index) => (index === 0 || index >= 5 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join('  ')}`.trimEnd(),
  );
  const said =
    alerts.length === 0
      ? ['no alert: nothing was violated often enough']
      : alerts.map(({ reason }) => `! ${printable(reason, 400)}`);
  return [head, '', ...table, '', ...said].join('\n');

  function monthCells(month: MonthReport, metric: string): string[] {
    const found = Object.hasOwn(month.metrics, metric) ? month.metrics[metric] : undefined;
    const most = [...month.drift].sort((a, b) => b.stabilityIndex - a.stabilityIndex)[0];
    const fresh = month.newCategories
      .map(({ column, levels }) => `${printable(column, 40)} ${levels}`)
      .join(', ');
    return [
      month.month,
      String(month.rows),
      shareText(month.labelRate?.value),
      figure(found?.value),
      found && found.low !== null && found.high !== null
        ? `${figure(found.low)} – ${figure(found.high)}`
        : '',
      most ? `${printable(most.column, 40)} ${most.stabilityIndex.toFixed(3)}` : '',
      fresh,
    ];
  }

  function shareText(value: number | undefined): string {
    if (value === undefined) return '';
    return report.task === 'regression' ? figure(value) : `${(value * 100).toFixed(1)} %`;
  }
}

const figure = (value: number | undefined): string =>
  value === undefined ? '' : Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(5);
