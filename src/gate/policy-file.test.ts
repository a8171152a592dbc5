import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, git, openWorkspace, parseYaml } from '../workspace/index.ts';
import { parsePolicy, readPolicy } from './policy-file.ts';
import { proposePolicy } from './proposal.ts';

const parse = (text: string) => parsePolicy(parseYaml(text, 'policy.yaml'));

it.each([
  ['an unknown operator', 'checks:\n  - {metric: roc_auc, "=>": 0.8}\n'],
  ['a misspelt one', 'checks:\n  - {metric: roc_auc, atleast: 0.8}\n'],
  ['none', 'checks:\n  - {metric: roc_auc, margin: 0.1}\n'],
  ['two', 'checks:\n  - {metric: roc_auc, at-least: 0.8, at-most: 0.9}\n'],
  ['an empty list', 'checks: []\n'],
  ['an empty file', ''],
  [
    'an empty list of an environment',
    'checks: [{metric: a, at-least: 1}]\nenvironments: {dev: {checks: []}}\n',
  ],
  ['a threshold as text', 'checks:\n  - {metric: roc_auc, at-least: "0.9"}\n'],
  ['a threshold that is no number', 'checks:\n  - {metric: roc_auc, at-least: .nan}\n'],
  ['a threshold without end', 'checks:\n  - {metric: roc_auc, at-least: 1e400}\n'],
  ['a country', 'checks:\n  - {metric: recall, at-least: 0.9, slice: no}\n'],
  ['margin beside at-least', 'checks:\n  - {metric: roc_auc, at-least: 0.9, margin: 0.1}\n'],
  ['min-rows without slice', 'checks:\n  - {metric: roc_auc, at-least: 0.9, min-rows: 10}\n'],
  ['from beside not-worse-than', 'checks:\n  - {metric: f1, not-worse-than: baseline, from: dev}\n'],
  ['another baseline', 'checks:\n  - {metric: f1, not-worse-than: champion}\n'],
  ['a confidence of 95', 'checks:\n  - {metric: f1, at-least: 0.5, confidence: 95}\n'],
  ['a negative margin', 'checks:\n  - {metric: f1, not-worse-than: baseline, margin: -1}\n'],
  ['a metric with a bar', 'checks:\n  - {metric: "a|b", at-least: 1}\n'],
  ['__proto__', 'checks:\n  - {metric: __proto__, at-least: 1}\n'],
  ['an alias', 'checks:\n  - &a {metric: f1, at-least: 1}\n  - *a\n'],
  ['a key twice', 'checks:\n  - {metric: f1, metric: f2, at-least: 1}\n'],
  ['an unknown section', 'checks: [{metric: a, at-least: 1}]\nenvironmnets: {}\n'],
  [
    'a waiver without end',
    'checks: [{metric: a, at-least: 1}]\nwaivers: [{check: a, owner: b, reason: c}]\n',
  ],
  ['a list where a check should be', 'checks:\n  - [a]\n'],
])('refuses %s', (_name, text) => {
  expect(() => parse(text)).toThrowErrorMatchingSnapshot();
});

it('takes a whole policy', () => {
  const policy = parse(`checks:
  - {metric: roc_auc, at-least: 0.80}
  - {metric: roc_auc, not-worse-than: baseline, margin: 0.005, confidence: 0.95}
  - {metric: recall, slice: "*", at-least: 0.60, min-rows: 50}
  - {metric: latency_p99_ms, at-most: 20}
environments:
  production: {soak: 24h, checks: [{metric: error_rate, from: staging, at-most: 0.001}]}
waivers:
  - {check: roc_auc at-least 0.8, owner: ann, reason: new market, until: 2026-12-31}
`);
  expect(policy.checks).toHaveLength(4);
  expect(policy.environments!.production!.soak).toBe('24h');
});

it.each(['binary-classification', 'regression'] as const)(
  'the policy proposed for %s is one check',
  (task) => {
    expect(parse(proposePolicy(task)).checks).toMatchSnapshot();
  },
);

describe('readPolicy', () => {
  const committed = 'checks: [{metric: roc_auc, at-least: 0.6}]\n';
  const changed = 'checks: [{metric: roc_auc, at-least: 0.1}]\n';

  async function repository(): Promise<{ root: string; commit: string }> {
    const root = mkdtempSync(join(tmpdir(), 'policy-'));
    const options = { cwd: root };
    await git(['init', '-q', '-b', 'main'], options);
    mkdirSync(join(root, 'models/churn'), { recursive: true });
    writeFileSync(join(root, 'models/churn/policy.yaml'), committed);
    await git(['add', '.'], options);
    await git(
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'policy'],
      options,
    );
    const commit = await git(['rev-parse', 'HEAD'], options);
    writeFileSync(join(root, 'models/churn/policy.yaml'), changed);
    return { root, commit };
  }

  it('takes the policy of the base commit, whatever the change says', async () => {
    const { root, commit } = await repository();
    const workspace = openWorkspace(root);
    expect(await readPolicy(workspace, 'churn', commit)).toEqual({
      policy: { checks: [{ metric: 'roc_auc', 'at-least': 0.6 }] },
      digest: digestOf(committed),
      commit,
    });
    expect(await readPolicy(workspace, 'churn', null)).toMatchObject({
      digest: digestOf(changed),
      commit: null,
    });
  });

  it('takes a new model’s policy from beside it, and says so by a null commit', async () => {
    const { root, commit } = await repository();
    mkdirSync(join(root, 'models/fraud'), { recursive: true });
    writeFileSync(join(root, 'models/fraud/policy.yaml'), changed);
    expect(await readPolicy(openWorkspace(root), 'fraud', commit)).toMatchObject({ commit: null });
    await expect(readPolicy(openWorkspace(root), 'gone', commit)).rejects.toThrow(
      'E_CONFIG_MISSING: cannot read models/gone/policy.yaml (ENOENT)',
    );
  });

  it('refuses an environment that nobody knows, since it would never be judged', async () => {
    const { root } = await repository();
    writeFileSync(
      join(root, 'models/churn/policy.yaml'),
      `${changed}environments:\n  prodution: {soak: 1h}\n`,
    );
    await expect(readPolicy(openWorkspace(root), 'churn', null)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_ENV_UNKNOWN: the environment "prodution" in models/churn/policy.yaml:3:3 — dev, staging, production. Fix: did you mean "production"?]`,
    );
  });
});
