import { chartColors as colors } from './html-style.ts';
import { oneLine } from './inert-text.ts';
import type { SliceRow } from './metric-change.ts';
import { countText } from './numbers.ts';
import type { PlotSpec } from './plots.ts';

const rowHeight = 22;

export interface SlicePlot {
  readonly slices: readonly SliceRow[];
  readonly title: string;
  /** The metric's value over all rows. */
  readonly overall: number;
  readonly baseline: string | null;
}

/** One line a slice: the candidate's value with its interval, and beside it the difference from the baseline. */
export function sliceSpec({ slices, title, overall, baseline }: SlicePlot): PlotSpec {
  const values = slices.map(({ column, value, rows, candidate, difference }, order) => ({
    order,
    label: `${oneLine(column, 24)} = ${oneLine(value, 28)}  (${countText(rows)})`,
    value: candidate?.value ?? null,
    low: candidate?.low ?? candidate?.value ?? null,
    high: candidate?.high ?? candidate?.value ?? null,
    delta: difference?.delta ?? null,
    deltaLow: difference?.low ?? null,
    deltaHigh: difference?.high ?? null,
  }));
  const compared = baseline !== null && values.some(({ delta }) => delta !== null);
  const height = slices.length * rowHeight;
  return {
    spacing: 36,
    data: { values },
    hconcat: [
      panel(['low', 'value', 'high'], {
        title,
        guide: overall,
        labels: true,
        width: compared ? 330 : 620,
        height,
        color: colors.candidate,
      }),
      ...(compared
        ? [
            panel(['deltaLow', 'delta', 'deltaHigh'], {
              title: `Difference from ${oneLine(baseline, 40)}`,
              guide: 0,
              labels: false,
              width: 330,
              height,
              color: colors.ink,
            }),
          ]
        : []),
    ],
    resolve: { scale: { y: 'shared' } },
  } as unknown as PlotSpec;
}

interface Panel {
  readonly title: string;
  readonly guide: number;
  readonly labels: boolean;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

function panel([low, value, high]: readonly [string, string, string], options: Panel) {
  const y = {
    field: 'order',
    type: 'ordinal',
    title: null,
    axis: { labels: false, grid: true, ticks: false },
    scale: { paddingInner: 0 },
  };
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title: options.title,
    scale: { zero: false },
    axis: { orient: 'top', tickCount: 5 },
  });
  return {
    width: options.width,
    height: options.height,
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', strokeDash: [3, 3], stroke: colors.muted },
        encoding: { x: { datum: options.guide } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2, stroke: options.color },
        encoding: { y, x: x(low), x2: { field: high } },
      },
      {
        mark: { type: 'point', filled: true, size: 56, fill: options.color, opacity: 1 },
        encoding: { y, x: x(value) },
      },
      ...(options.labels
        ? [
            {
              mark: { type: 'text', align: 'right', dx: -12, fontSize: 11.5, fill: colors.ink, limit: 270 },
              encoding: { y, x: { value: 0 }, text: { field: 'label' } },
            },
          ]
        : []),
    ],
  };
}
