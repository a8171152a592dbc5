import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { renderHtml } from './index.ts';
import { failing, passing, undecided } from './sample-input.test-data.ts';

const pages = { passing, failing, undecided };

test.each(Object.entries(pages))(
  'the page of the %s change needs nothing but itself',
  async (_name, input) => {
    const page = await renderHtml(input);
    expect(page.replace(/http:\/\/www\.w3\.org\/(?:2000\/svg|1999\/xlink)/g, '')).not.toMatch(
      /https?:|url\((?!#)|<script|<link|<img|<iframe|\bon[a-z]+=|style="|javascript:|@import/i,
    );
    expect(page.length).toBeLessThan(300_000);
  },
);

test('its policy allows its one style sheet by hash and nothing else', async () => {
  const page = await renderHtml(passing);
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page)!;
  const hash = createHash('sha256').update(style!).digest('base64');
  expect(/Content-Security-Policy" content="([^"]*)"/.exec(page)![1]).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
  expect(page.match(/<style/g)).toHaveLength(1);
});

test('the same input gives the same bytes', async () => {
  expect(await renderHtml(failing)).toBe(await renderHtml(failing));
});

test('has a section for each part, and none for what is not there', async () => {
  const sections = (page: string) => [...page.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id);
  expect(sections(await renderHtml(passing))).toEqual([
    'metrics',
    'checks',
    'curves',
    'slices',
    'run',
    'data',
    'inputs',
    'provenance',
  ]);
  expect(sections(await renderHtml(undecided))).toEqual([
    'metrics',
    'checks',
    'curves',
    'run',
    'data',
    'inputs',
    'provenance',
  ]);
  const charts = (page: string) => [...page.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, title]) => title);
  expect(charts(await renderHtml(passing))).toEqual([
    'ROC',
    'Precision and recall',
    'Calibration',
    'Confusion at threshold 0.5',
  ]);
  expect(charts(await renderHtml(undecided))).toEqual(['Calibration', 'Residuals']);
});

test('text from outside is text in every section and chart', async () => {
  const text = `"'><script>alert(1)</script><svg onload=x>&amp;\u202e`;
  const estimate = { value: 0.5, low: 0.4, high: 0.6 };
  const page = await renderHtml({
    ...failing,
    model: text,
    modelFile: {
      ...failing.modelFile,
      description: text,
      output: { name: text, unit: text },
      inputs: [{ name: text, type: 'number', description: text }],
    },
    evaluation: {
      ...failing.evaluation,
      target: text,
      positive: text,
      metrics: { ...failing.evaluation.metrics, [text]: estimate },
      slices: [{ column: text, value: text, rows: 10, metrics: { roc_auc: estimate } }],
    },
    verdicts: failing.verdicts.map((verdict) => ({
      ...verdict,
      environment: text,
      reasons: [text],
      checks: verdict.checks.map((check) => ({ ...check, id: text, reason: text })),
    })),
    stages: [{ name: text, kind: 'ran', seconds: 1, why: text }],
    data: [{ key: text }],
    version: text,
    notes: [text],
  });
  expect(page).not.toMatch(/<script|<svg onload|\u202e/);
  expect(page.match(/alert\(1\)/g)!.length).toBeGreaterThan(15);
});

test('100,000 metrics and 5,000 slices are drawn within two seconds and a few hundred KB', async () => {
  const estimate = { value: 0.5, low: 0.4, high: 0.6 };
  const started = performance.now();
  const page = await renderHtml({
    ...passing,
    evaluation: {
      ...passing.evaluation,
      metrics: Object.fromEntries(
        Array.from({ length: 100_000 }, (_, index) => [`metric_${index}`, estimate]),
      ),
      slices: Array.from({ length: 5_000 }, (_, index) => ({
        column: 'origin',
        value: `A${index}`,
        rows: index,
        metrics: { roc_auc: estimate },
      })),
    },
  });
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(page.length).toBeLessThan(400_000);
  expect(page).toContain('… and 99,800 more metrics, left out here; 100,000 in all.');
});
