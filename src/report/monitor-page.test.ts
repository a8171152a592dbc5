import { expect, test } from 'vitest';
import example from '../../docs/schemas/examples/monitor.good.json' with { type: 'json' };
import type { MonitorReport } from '../monitoring/index.ts';
import { renderMonitorHtml } from './index.ts';

const report = example as unknown as MonitorReport;

test('shows the alerts first, then months, drift, new values and the rules', async () => {
  const page = await renderMonitorHtml(report);
  expect(/<h1>([\s\S]*?)<\/h1>/.exec(page)![1]!.replace(/<[^>]*>/g, '')).toBe(
    '! flight-delay v1.1.0 has moved',
  );
  expect([...page.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
    'charts',
    'months',
    'drift',
    'new',
    'rules',
  ]);
  expect([...page.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, title]) => title)).toEqual([
    'ROC AUC',
    'Share of late',
    'Drift',
  ]);
});

test('draws the guide lines at the gate, at the margin, at the training rows and at the drift threshold', async () => {
  const page = await renderMonitorHtml(report);
  expect(page.match(/<line [^>]*stroke-dasharray="[^"]+"/g)).toHaveLength(4);
});

test('says that all is well when no alert was raised, and draws nothing it does not know', async () => {
  const [month] = report.months;
  const page = await renderMonitorHtml({
    ...report,
    alerts: [],
    reference: { ...report.reference, labelRate: null },
    months: [{ ...month!, outcomes: 0, labelRate: null, metrics: {}, newCategories: [] }],
  });
  expect(page).toContain('Nothing was violated often enough for an alert.');
  expect([...page.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, title]) => title)).toEqual(['Drift']);
});

test('text from outside stays text', async () => {
  const text = '<script>alert(1)</script>';
  const [month] = report.months;
  const page = await renderMonitorHtml({
    ...report,
    model: text,
    target: text,
    alerts: [{ ...report.alerts[0]!, reason: text }],
    months: [
      {
        ...month!,
        drift: [{ ...month!.drift[0]!, column: text }],
        newCategories: [{ column: text, rows: 1, levels: 1, examples: [text] }],
      },
    ],
  });
  expect(page).not.toContain('<script');
});
