import { expect, test } from 'vitest';
import { parseMetrics } from './stage-metrics.ts';

test('the last value of each metric, sorted by name', () => {
  const text = '{"step": 1, "loss": 0.9}\n\n{"step": 2, "loss": 0.4, "auc": 1}\n';
  expect(parseMetrics(text, 'metrics')).toEqual({ auc: 1, loss: 0.4, step: 2 });
});

const messageOf = (text: string): string => {
  try {
    parseMetrics(text, 'metrics');
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

const refused = [
  '{"loss": "0.99"}',
  '{"loss": NaN}',
  '{"loss": 1e400}',
  '{"loss": null}',
  '[1]',
  'loss=1',
  '{"__proto__": 1}',
  '{"a|b": 1}',
  `{"${'x'.repeat(10_000)}": 1}`,
];

test('refuses what is no finite number under a plain name', () => {
  const messages = refused.map((line) => messageOf(`{"step": 1}\n${line}\n`));
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "E_METRICS_TYPE: the metric loss is "0.99" in metrics:2 — a finite number.
    E_NUMBER_NOT_FINITE: the metric value NaN in metrics:2 — one JSON object of finite numbers a line.
    E_NUMBER_NOT_FINITE: the metric loss is Infinity in metrics:2 — a finite number.
    E_METRICS_TYPE: the metric loss is null in metrics:2 — a finite number.
    E_METRICS_TYPE: a line that is not an object in metrics:2 — one JSON object of finite numbers a line.
    E_METRICS_TYPE: a line that is not JSON in metrics:2 — one JSON object of finite numbers a line.
    E_METRICS_NAME: the metric name "__proto__" in metrics:2 — letters, digits and . _ @ / -, beginning with a letter, at most 100 characters.
    E_METRICS_NAME: the metric name "a|b" in metrics:2 — letters, digits and . _ @ / -, beginning with a letter, at most 100 characters.
    E_METRICS_NAME: the metric name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" in metrics:2 — letters, digits and . _ @ / -, beginning with a letter, at most 100 characters."
  `);
});

test('refuses more than 10,000 metrics', () => {
  const names = Array.from({ length: 10_001 }, (_, index) => [`m${index}`, 1]);
  expect(messageOf(JSON.stringify(Object.fromEntries(names)))).toMatchInlineSnapshot(
    `"E_METRICS_TOO_MANY: 10001 metrics in metrics:1 — at most 10000."`,
  );
});
