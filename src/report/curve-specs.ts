import type { Curves, Evaluation } from '../evaluation/index.ts';
import { chartColors as colors } from './html-style.ts';
import type { PlotSpec } from './plots.ts';

type Points = readonly (readonly [number, number])[];
const size = { width: 400, height: 320 };
const unit = { domain: [0, 1], nice: false };
const strokeOf = {
  field: 'who',
  type: 'nominal',
  legend: null,
  scale: { domain: ['candidate', 'baseline'], range: [colors.candidate, colors.baseline] },
};
const dashOf = {
  field: 'who',
  type: 'nominal',
  legend: null,
  scale: {
    domain: ['candidate', 'baseline'],
    range: [
      [1, 0],
      [5, 3],
    ],
  },
};

/** Receiver operating characteristic; the diagonal is a coin's. */
export function rocSpec(candidate: Points, baseline: Points | undefined): PlotSpec {
  return {
    ...size,
    layer: [
      guideLine([
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ]),
      curveLayer(candidate, baseline, 'False positive rate', 'True positive rate'),
    ],
  } as unknown as PlotSpec;
}

/** Precision over recall; the level line is the share of positives, which guessing reaches. */
export function prSpec(
  candidate: Points,
  baseline: Points | undefined,
  { positives, rows }: Evaluation,
): PlotSpec {
  const share = positives === undefined || rows === 0 ? null : positives / rows;
  return {
    ...size,
    layer: [
      ...(share === null
        ? []
        : [
            guideLine([
              { x: 0, y: share },
              { x: 1, y: share },
            ]),
          ]),
      curveLayer(candidate, baseline, 'Recall', 'Precision'),
    ],
  } as unknown as PlotSpec;
}

function curveLayer(candidate: Points, baseline: Points | undefined, x: string, y: string) {
  const values = [...named(baseline, 'baseline'), ...named(candidate, 'candidate')];
  return {
    data: { values },
    mark: { type: 'line' },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: x, scale: unit, axis: { format: '.1f' } },
      y: { field: 'y', type: 'quantitative', title: y, scale: unit, axis: { format: '.1f' } },
      order: { field: 'at', type: 'quantitative' },
      stroke: strokeOf,
      strokeDash: dashOf,
    },
  };
}

const named = (points: Points | undefined, who: string) =>
  (points ?? []).map(([x, y], at) => ({ x, y, at, who }));

const guideLine = (values: readonly { x: number; y: number }[]) => ({
  data: { values },
  mark: { type: 'line', strokeWidth: 1, strokeDash: [2, 3], stroke: colors.muted },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
});

type Bins = NonNullable<Curves['calibration']>;

/** Mean score against what came true, bin by bin, over the bins' counts. */
export function calibrationSpec(bins: Bins, baseline: Bins | undefined, regression: boolean): PlotSpec {
  const ends = [...bins, ...(baseline ?? [])].flatMap(({ mean, rate }) => [mean, rate]);
  const from = regression ? Math.min(...ends) : 0;
  const to = Math.max(...ends, regression ? from + 1e-9 : 0.05);
  const domain = regression ? [from, to] : [0, Math.min(1, Math.ceil(to * 10) / 10)];
  const scale = { domain, nice: regression };
  const x = { field: 'mean', type: 'quantitative', scale };
  const points = [
    ...(baseline ?? []).map((bin) => ({ ...bin, who: 'baseline' })),
    ...bins.map((bin) => ({ ...bin, who: 'candidate' })),
  ];
  return {
    spacing: 10,
    vconcat: [
      {
        width: size.width,
        height: 236,
        layer: [
          guideLine([
            { x: domain[0]!, y: domain[0]! },
            { x: domain[1]!, y: domain[1]! },
          ]),
          {
            data: { values: points },
            mark: { type: 'line', point: { size: 38, filled: true } },
            encoding: {
              x: { ...x, title: null, axis: { labels: false } },
              y: {
                field: 'rate',
                type: 'quantitative',
                scale,
                title: regression ? 'Mean of the target' : 'Share of positives',
              },
              color: strokeOf,
              strokeDash: dashOf,
            },
          },
        ],
      },
      {
        width: size.width,
        height: 56,
        data: { values: bins },
        mark: { type: 'bar', size: 12, fill: colors.candidate, opacity: 0.75 },
        encoding: {
          x: { ...x, title: regression ? 'Mean prediction' : 'Mean score' },
          y: { field: 'rows', type: 'quantitative', title: 'Rows', axis: { tickCount: 2, format: '~s' } },
        },
      },
    ],
  } as unknown as PlotSpec;
}

export function residualSpec(bins: NonNullable<Curves['residuals']>, unitName: string | undefined): PlotSpec {
  return {
    ...size,
    data: { values: bins },
    layer: [
      {
        mark: { type: 'bar', fill: colors.candidate, opacity: 0.85, binSpacing: 1 },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            bin: { binned: true },
            title: unitName ? `Truth minus prediction, ${unitName}` : 'Truth minus prediction',
          },
          x2: { field: 'to' },
          y: { field: 'rows', type: 'quantitative', title: 'Rows', axis: { format: '~s' } },
        },
      },
      {
        data: { values: [{}] },
        mark: { type: 'rule', strokeDash: [2, 3], stroke: colors.ink },
        encoding: { x: { datum: 0 } },
      },
    ],
  } as unknown as PlotSpec;
}
