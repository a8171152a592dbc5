import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../workspace/index.ts';
import { evaluate } from './evaluate.ts';
import { parseEvaluation } from './evaluation-file.ts';
import { digested, flights, input, number, rows, scores, table, text } from './flights.fixture.ts';
import { defaultPositive, labelsOf } from './labels.ts';

describe('evaluate', () => {
  const evaluation = evaluate(input);

  it('gives every metric, measured ones without bounds, and nothing that is not a number', () => {
    expect(Object.keys(evaluation.metrics)).toEqual([
      'roc_auc',
      'pr_auc',
      'log_loss',
      'brier',
      'calibration_error',
      'accuracy',
      'precision',
      'recall',
      'f1',
      'latency_p99_ms',
    ]);
    expect(evaluation.metrics.latency_p99_ms).toEqual({ value: 1.5, low: null, high: null });
    expect(evaluation).toMatchObject({ rows: 400, positives: 160, positive: 'yes', threshold: 0.5 });
  });

  it('cuts categories by value and numbers at quartiles, each row in one slice', () => {
    expect(evaluation.slices.map(({ column, value, rows: count }) => `${column}=${value} ${count}`)).toEqual([
      'origin=LAX 291',
      'origin=ORD 72',
      'origin=null 37',
      'distance=≤ 199 100',
      'distance=199 – 299 100',
      'distance=299 – 399 100',
      'distance=> 399 100',
    ]);
    expect(evaluation.slices[0]!.positives).toBeGreaterThan(0);
  });

  it('is the same for predictions in any order, and with ids from a column', () => {
    const backwards = rows.toReversed();
    const shuffled = table(
      text(
        'row_id',
        backwards.map((row) => `F${row}`),
      ),
      number(
        'score',
        backwards.map((row) => scores[row]!),
      ),
    );
    const again = evaluate({
      ...input,
      rowId: 'flight',
      predictions: { ...input.predictions, table: shuffled },
    });
    expect(canonicalJson(again)).toBe(canonicalJson(evaluation));
  });

  it('fits its schema, and other bytes than the ones handed over are refused', () => {
    const bytes = canonicalJson(evaluation);
    expect(parseEvaluation(bytes, 'evaluation.json', digestOf(bytes))).toEqual(evaluation);
    expect(() => parseEvaluation(bytes.replace('0.5', '0.6'), 'evaluation.json', digestOf(bytes))).toThrow(
      /^E_METRICS_TAMPERED: metrics with the digest sha256:[0-9a-f]{64} in evaluation\.json — the bytes that were handed over/,
    );
  });

  it('keeps at most 50 values of a column', () => {
    const wide = table(
      ...flights.columns,
      text(
        'tail',
        rows.map((row) => `N${row % 70}`),
      ),
    );
    const { slices } = evaluate({ ...input, data: digested(wide, 'wide'), slices: ['tail'] });
    expect(slices).toHaveLength(51);
    expect(slices.at(-1)!.value).toBe('other');
    expect(slices.reduce((sum, slice) => sum + slice.rows, 0)).toBe(400);
  });

  it('leaves out what one class cannot give, and curves of at most 200 points', () => {
    const all = table(text('late', ['no', 'no', 'no']), text('origin', ['A', 'A', 'B']));
    const found = evaluate({
      ...input,
      positive: 'yes',
      data: digested(all, 'one class'),
      slices: ['origin'],
      predictions: digested(table(number('row_id', [0, 1, 2]), number('score', [0.1, 0.2, 0.3])), 'p'),
    });
    expect(Object.keys(found.metrics)).toEqual([
      'log_loss',
      'brier',
      'calibration_error',
      'accuracy',
      'latency_p99_ms',
    ]);
    expect(found.curves).not.toHaveProperty('roc');
    expect(evaluation.curves.roc!.length).toBeLessThanOrEqual(200);
    expect(evaluation.curves.roc!.at(-1)).toEqual([1, 1]);
  });

  it('judges 60,000 rows with three columns of slices within a second', () => {
    const many = Array.from({ length: 60_000 }, (_, row) => row);
    const big = table(
      number(
        'late',
        many.map((row) => (row % 5 === 0 ? 1 : 0)),
      ),
      text(
        'a',
        many.map((row) => `a${row % 40}`),
      ),
      number(
        'b',
        many.map((row) => (row * 31) % 1009),
      ),
      text(
        'c',
        many.map((row) => `c${row % 7}`),
      ),
    );
    const scored = table(
      number('row_id', many),
      number(
        'score',
        many.map((row) => ((row * 7919) % 59_999) / 60_000),
      ),
    );
    const started = process.cpuUsage();
    evaluate({
      ...input,
      data: digested(big, 'big'),
      slices: ['a', 'b', 'c'],
      predictions: digested(scored, 's'),
    });
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(1);
  });
});

describe('refusals', () => {
  const joined = (ids: readonly number[], found: readonly number[]) => () =>
    evaluate({ ...input, predictions: digested(table(number('row_id', ids), number('score', found)), 'p') });

  it('predictions that are not exactly the judged rows', () => {
    const without = rows.slice(0, 397);
    expect(joined(without, without)).toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_EVALUATE_ROWS: no prediction for 3 of 400 judged rows, the first with row id 397 in the predictions table — one prediction for each judged row. Fix: write row_id, fold and score for exactly the rows of evaluate.data.]`,
    );
    expect(joined([...without, 5], [...without, 5])).toThrow(
      'E_EVALUATE_ROWS: two predictions for row id 5 in',
    );
    expect(joined([...rows, 400], [...rows, 1])).toThrow('a prediction for row id 400, which is not judged');
    expect(
      joined(
        rows,
        rows.map(() => Number.NaN),
      ),
    ).toThrow('the score of row id 0 is NaN');
  });

  it('targets that are not labels', () => {
    const three = text('late', ['yes', 'no', 'maybe']);
    expect(() => labelsOf(three, 'binary-classification')).toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_EVALUATE_TARGET: the target "late" has 3 values (maybe, no, yes) — two, for binary classification. Fix: make it two classes in the prepare stage, or say task: regression.]`,
    );
    expect(() => labelsOf(text('late', ['a', null]), 'binary-classification')).toThrow(
      'E_EVALUATE_TARGET: the target "late" is missing in row 1',
    );
    expect(() => labelsOf(text('late', ['a', 'b']), 'binary-classification', 'c')).toThrow(
      'never holds the positive class "c" — a, b',
    );
    expect(() => labelsOf(text('price', ['a']), 'regression')).toThrow('the target "price" is text');
  });

  it('a metrics file that says what it should not', () => {
    const bytes = canonicalJson(evaluate(input));
    const changed = (from: string | RegExp, to: string) => () =>
      parseEvaluation(bytes.replace(from, to), 'evaluation.json');
    expect(changed(/"value":1\.5/, '"value":"1.5"')).toThrow(
      'E_METRICS_TYPE: metrics.latency_p99_ms.value is the text "1.5"',
    );
    expect(changed('"latency_p99_ms"', '"__proto__"')).toThrow('E_METRICS_NAME');
    expect(changed('"latency_p99_ms"', '"a|b"')).toThrow('E_METRICS_NAME');
    const many = Array.from(
      { length: 10_001 },
      (_, index) => `"m${index}":{"high":null,"low":null,"value":1}`,
    ).join(',');
    expect(changed('"latency_p99_ms"', `${many},"latency_p99_ms"`)).toThrow('E_METRICS_TOO_MANY');
  });
});

it('the positive class: yes, true or 1, else the rarer one', () => {
  expect(defaultPositive(['no', 'Yes', 'no'])).toBe('Yes');
  expect(defaultPositive(['good', 'bad', 'good'])).toBe('bad');
  expect([...labelsOf(number('late', [1, 0, 1]), 'binary-classification', 'true')]).toEqual([1, 0, 1]);
});
