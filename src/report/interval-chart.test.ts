import { expect, test } from 'vitest';
import { intervalChart, widthOf } from './interval-chart.ts';

const rows = [
  { label: 'all rows', rows: 20_000, value: 0.02, low: 0.01, high: 0.03 },
  { label: '都市 = 東京', rows: 1_000, value: -0.01, low: -0.02, high: 0.005 },
  { label: 'a very long name of a slice = with a long value', rows: 5, value: 0, low: 0, high: 0 },
];

test('draws dots and intervals on one scale around zero', () => {
  const chart = intervalChart(rows, {
    metric: 'roc_auc',
    title: 'Difference',
    kind: 'difference',
    sides: ['worse', 'better'],
  });
  expect(`\n${chart}\n`).toMatchInlineSnapshot(`
    "
    Difference

                                                 worse ←│→ better
    all rows                    20,000                  │       ├───────●───────┤  +0.0200
    都市 = 東京                  1,000  ├───────●───────┼───┤                      −0.0100
    a very long name of a sli…       5                  ●                          0.0000
                                        −0.0200         0                    +0.0300
    "
  `);
  const [, , ...lines] = chart.split('\n');
  expect(
    new Set(lines.slice(1, 4).map((line) => widthOf(line.replace(/ {2}[+−]?[\d.]+$/, '')))),
  ).toHaveProperty('size', 1);
});

test('draws values without a zero line, and a single point', () => {
  const [one] = rows;
  expect(
    `\n${intervalChart([{ ...one!, low: 0.02, high: 0.02 }], { metric: 'rmse', title: 'RMSE', kind: 'value' })}\n`,
  ).toMatchInlineSnapshot(`
    "
    RMSE

    all rows  20,000                      ●                      0.0200
                      −0.4800                              0.5200
    "
  `);
});
