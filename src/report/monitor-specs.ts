import { metricDirections, metricTitle } from '../evaluation/index.ts';
import type { MonitorReport } from '../monitoring/index.ts';
import { chartColors as colors } from './html-style.ts';
import { oneLine } from './inert-text.ts';
import type { PlotSpec } from './plots.ts';

const size = { width: 400, height: 260 };
const month = { field: 'month', type: 'ordinal', title: null, axis: { labelAngle: 0 } };

/** A guide line is one mark, whatever data its neighbours have. */
const one = { values: [{}] };

interface Dot {
  readonly month: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The metric that decides, by month, against its value at the gate. */
export function decaySpec({ months, rules, reference }: MonitorReport): PlotSpec {
  const dots = months.flatMap(({ month, metrics }) =>
    Object.hasOwn(metrics, rules.metric) ? [{ month, ...metrics[rules.metric]! }] : [],
  );
  const gate = Object.hasOwn(reference.metrics, rules.metric) ? reference.metrics[rules.metric]!.value : null;
  const lower =
    Object.hasOwn(metricDirections, rules.metric) && metricDirections[rules.metric as 'rmse'] === 'lower';
  const guides =
    gate === null
      ? []
      : [guide(gate, [5, 3]), guide(lower ? gate + rules.metricMargin : gate - rules.metricMargin, [1, 3])];
  return spec([...guides, ...intervals(dots, metricTitle(rules.metric), colors.candidate)]);
}

/** What came true and what was said, by month, against the training rows. */
export function rateSpec({ months, reference, task }: MonitorReport): PlotSpec {
  const title = task === 'regression' ? 'Mean' : 'Share of positives';
  const truth = months.flatMap(({ month, labelRate }) => (labelRate ? [{ month, ...labelRate }] : []));
  const said = months.flatMap(({ month, meanScore }) =>
    meanScore === null ? [] : [{ month, value: meanScore }],
  );
  return spec([
    ...(reference.labelRate ? [guide(reference.labelRate.value, [5, 3])] : []),
    {
      data: { values: said },
      mark: {
        type: 'line',
        stroke: colors.baseline,
        strokeDash: [5, 3],
        point: { filled: true, fill: colors.baseline, size: 36 },
      },
      encoding: { x: month, y: value(title) },
    },
    ...intervals(truth, title, colors.candidate),
  ]);
}

/** Each column's stability index by month, as small steps along one axis. */
export function driftSpec({ months, rules }: MonitorReport, most: number): PlotSpec {
  const columns = [...new Set(months.flatMap(({ drift }) => drift.map(({ column }) => column)))].slice(
    0,
    most,
  );
  const values = months.flatMap(({ month, drift }) =>
    drift
      .filter(({ column }) => columns.includes(column))
      .map(({ column, stabilityIndex }) => ({ month, column: oneLine(column, 40), stabilityIndex })),
  );
  return {
    width: size.width,
    height: Math.max(size.height - 40, columns.length * 26),
    data: { values },
    layer: [
      {
        data: one,
        mark: { type: 'rule', strokeDash: [5, 3], stroke: colors.muted },
        encoding: { x: { datum: rules.stabilityIndex } },
      },
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: {
          x: {
            field: 'stabilityIndex',
            type: 'quantitative',
            title: 'Stability index',
            scale: { domainMin: 0 },
          },
          y: {
            field: 'column',
            type: 'nominal',
            title: null,
            sort: null,
            axis: { grid: true, labelLimit: 160, labelColor: colors.ink },
          },
          fill: { value: colors.candidate },
          opacity: { field: 'month', type: 'ordinal', legend: null, scale: { range: [0.3, 1] } },
        },
      },
    ],
  } as unknown as PlotSpec;
}

const value = (title: string) => ({ field: 'value', type: 'quantitative', title, scale: { zero: false } });
const guide = (at: number, dash: readonly number[]) => ({
  data: one,
  mark: { type: 'rule', strokeDash: dash, stroke: colors.muted },
  encoding: { y: { datum: at } },
});

const intervals = (values: readonly Dot[], title: string, color: string) => [
  {
    data: { values: values.filter(({ low, high }) => low !== null && high !== null) },
    mark: { type: 'rule', strokeWidth: 2, stroke: color },
    encoding: { x: month, y: { ...value(title), field: 'low' }, y2: { field: 'high' } },
  },
  {
    data: { values },
    mark: { type: 'line', stroke: color, point: { filled: true, fill: color, size: 64 } },
    encoding: { x: month, y: value(title) },
  },
];

const spec = (layer: readonly object[]): PlotSpec => ({ ...size, layer }) as unknown as PlotSpec;
