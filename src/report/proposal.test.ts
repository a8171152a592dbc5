import { expect, test } from 'vitest';
import { makeRecord } from '../../test/git-sandbox.ts';
import type { PromotionRecord } from '../registry/index.ts';
import { renderProposal } from './proposal.ts';

const record = makeRecord({ version: 'v1.2.0', commit: 'a'.repeat(40) });
const promotion: PromotionRecord = {
  v: 1,
  model: 'churn',
  version: 'v1.2.0',
  environment: 'staging',
  record: record.modelDigest,
  image: `${record.image.name}@${record.image.digest}`,
  files: {},
  kustomization: record.modelDigest,
  verdict: 'pass',
  checks: [],
  approvals: [],
  observed: null,
  tip: 'b'.repeat(40),
  made: { by: 'Ada <ada@example.com>', time: '2026-11-21T12:00:00Z' },
};
const input = {
  record,
  promotion,
  from: 'v1.1.0',
  files: ['models/churn/environments/staging/release.json'],
  target: 'main',
  links: { run: null, code: null },
  trailers: 'Lockstep-Event: promotion',
};

test('text from outside does nothing but stand there', () => {
  const hostile = '@org/team <img src=x onerror=1> | ](https://evil.example) `x` #1 ```\n\n# big';
  const check = {
    id: hostile,
    check: { metric: 'roc_auc', 'at-least': 0.6 },
    outcome: 'pass' as const,
    value: 0.7,
    bound: null,
    limit: 0.6,
    reason: hostile,
  };
  const text = renderProposal({
    ...input,
    from: hostile,
    files: [hostile],
    trailers: `Lockstep-Reason: ${hostile.replaceAll('\n', ' ')}`,
    promotion: {
      ...promotion,
      checks: [check],
      approvals: [{ by: hostile, id: 7, time: '2026-11-21T12:00:00Z' }],
      made: { ...promotion.made, by: hostile },
    },
  });
  const fence = text.indexOf('```text');
  expect(text.slice(0, fence)).not.toMatch(/@org|<img|(?<!\\)\]\(https|^# big/m);
  expect(text.slice(fence).match(/```/g)).toHaveLength(2);
});

test('a thousand checks and files stay within what GitHub takes', () => {
  const long = 'x'.repeat(5_000);
  const check = {
    id: long,
    check: { metric: 'roc_auc' },
    outcome: 'pass' as const,
    value: 1,
    bound: null,
    limit: null,
    reason: long,
  };
  const text = renderProposal({
    ...input,
    files: Array.from({ length: 1_000 }, (_, index) => `models/churn/${index}/${long}`),
    promotion: { ...promotion, checks: Array.from({ length: 1_000 }, () => check) },
  });
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain('960 more checks');
});
