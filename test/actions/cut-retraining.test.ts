import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellAbout } from '../../actions/monitor/alert.ts';
import { readContext } from '../../src/github/index.ts';
import type { MonitorReport, MonthReport } from '../../src/monitoring/index.ts';
import { git, openWorkspace } from '../../src/workspace/index.ts';
import { startGitServer } from '../fakes/git-server.ts';
import { startGitHub } from '../fakes/github/server.ts';
import { commitFiles, makeSandbox } from '../git-sandbox.ts';
import { isWrite, openWire, type Place } from './cut.ts';

/*
 * What `monitor` and `retrain` do about a violated rule, a branch and an issue, cut at each: the same job again ends with
 * one branch and one issue that links to it, and a third time writes nothing (P31). Here the answer gets lost, not the job.
 */
const stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), 'lockstep-cut-'));
const wire = stack.use(await openWire());
const github = stack.use(await startGitHub());
const sandbox = stack.use(await makeSandbox());
let urls: { readonly api: string; readonly server: string };

beforeAll(async () => {
  const workspace = await sandbox.clone('ada');
  const months = 'params: {train-months: ["2001-01"], test-months: ["2001-02"]}\nstages: {}\n';
  await commitFiles(workspace, { 'pipelines/churn/pipeline.yaml': months });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: workspace.root });
  const server = stack.use(await startGitServer({ root: sandbox.folder, tokens: ['token'] }));
  urls = { api: await wire.through(github.url), server: await wire.through(server.url) };
});
afterAll(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

const month = (name: string): MonthReport => ({
  month: name,
  rows: 1000,
  outcomes: 1000,
  labelRate: null,
  meanScore: 0.5,
  metrics: { roc_auc: { value: 0.55, low: 0.5, high: 0.6 } },
  drift: [],
  newCategories: [],
});
const report: MonitorReport = {
  v: 1,
  model: 'churn',
  version: 'v1.0.0',
  task: 'binary-classification',
  target: 'late',
  reference: { rows: 1000, labelRate: null, metrics: { roc_auc: { value: 0.7, low: 0.68, high: 0.72 } } },
  rules: {
    windows: 5,
    violations: 2,
    metric: 'roc_auc',
    metricMargin: 0.02,
    stabilityIndex: 0.2,
    labelRateMargin: 0.05,
    newCategoryShare: 0.05,
  },
  months: [month('2001-03'), month('2001-04')],
  alerts: [
    {
      kind: 'metric',
      subject: 'roc_auc',
      months: ['2001-03', '2001-04'],
      of: 2,
      needed: 1,
      reason: 'ROC AUC was worse.',
    },
  ],
};

async function job(place?: Place, prepare = true): Promise<string> {
  const root = join(folder, 'job');
  rmSync(root, { recursive: true, force: true });
  await git(['clone', '--quiet', sandbox.origin, root], { cwd: folder });
  await git(['remote', 'set-url', 'origin', `${urls.server}/origin.git`], { cwd: root });
  const context = readContext({
    GITHUB_REPOSITORY: 'acme/models',
    GITHUB_API_URL: urls.api,
    GITHUB_SERVER_URL: urls.server,
    GITHUB_RUN_ID: '77',
  });
  wire.order(place && { ...place, kill: () => {} });
  const telling = { 'prepare-retraining': prepare, token: 'token' };
  return tellAbout(openWorkspace(root), context, report, telling).then(
    () => 'done',
    (error: Error) => error.message,
  );
}

const outside = async () => ({
  branches: await git(
    ['for-each-ref', '--format=%(refname:short) %(contents:subject)', 'refs/heads/retrain'],
    {
      cwd: sandbox.origin,
    },
  ),
  issues: github.state.issues.map(({ title, body }) => `${title}: ${/compare\/[^?]*/.exec(body)?.[0]}`),
});

const title = 'feat(churn): learn from 2001-01 to 2001-03, judge on 2001-04';

test.each<Place>([
  { at: 0, how: 'refused' },
  { at: 0, how: 'before' },
  { at: 0, how: 'after' },
  { at: 1, how: 'refused' },
  { at: 1, how: 'before' },
  { at: 1, how: 'after' },
])(
  'a retraining, cut $how write $at',
  async (place) => {
    github.state.issues.length = 0;
    await git(['update-ref', '-d', 'refs/heads/retrain/churn-2001-04'], { cwd: sandbox.origin });
    const first = await job(place);
    // A push whose connection breaks git may send again, or we find that it arrived.
    if (place.at === 1 || place.how === 'refused')
      expect(first).toMatch(/^E_(GIT_PUSH_REFUSED|GIT|GITHUB_FAILED): /);
    expect(await job()).toBe('done');
    const wanted = {
      branches: `retrain/churn-2001-04 ${title}`,
      issues: [`${title}: compare/retrain/churn-2001-04`],
    };
    expect(await outside()).toEqual(wanted);
    expect([await job(), wire.asked.filter(isWrite)]).toEqual(['done', []]);
    expect(await outside()).toEqual(wanted);
  },
  30_000,
);

test.each<Place['how']>(['refused', 'before', 'after'])(
  'an alert alone, cut %s its issue',
  async (how) => {
    github.state.issues.length = 0;
    expect(await job({ at: 0, how }, false)).toMatch(/^E_GITHUB_FAILED: /);
    expect(await job(undefined, false)).toBe('done');
    expect(github.state.issues).toHaveLength(1);
    expect([await job(undefined, false), wire.asked.filter(isWrite)]).toEqual(['done', []]);
  },
  30_000,
);
