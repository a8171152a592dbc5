import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Occasion, simulate, started } from './workflows/simulated-run.ts';
import { expressionsIn, readWorkflows, stepsOf } from './workflows/workflow-file.ts';

const root = dirname(import.meta.dirname);
const workflows = readWorkflows(root);
const named = (name: string) => workflows.find((workflow) => workflow.name === `lockstep-${name}`)!;
const runs = (name: string, occasion: Occasion) => started(simulate(named(name), occasion));

test('a new model or environment changes no workflow', () => {
  const names = ['models', 'pipelines'].flatMap((folder) => readdirSync(join(root, folder)));
  for (const { text, path } of workflows)
    for (const name of [...names, 'staging', 'production'])
      expect(text.includes(name), `${path}: ${name}`).toBe(false);
});

test('the rules about pull requests, scoring and training have something to be about', () => {
  const open = workflows.filter(({ on }) => Object.hasOwn(on, 'pull_request'));
  expect(open.map(({ name }) => name)).toEqual(['lockstep-ci', 'lockstep-pull-request']);
  const training = stepsOf(workflows).filter(({ step }) => step.uses === './actions/train');
  expect(training.map(({ workflow }) => workflow.name)).toEqual([
    'lockstep-main',
    'lockstep-pull-request',
    'lockstep-train-in',
    'lockstep-train-pr',
  ]);
  expect(named('report').jobs.judge!.steps.filter(({ run }) => run?.includes('judge --all'))).toHaveLength(1);
  // The job that may write runs nothing but what the default branch has, on a verdict.
  const uses = named('report').jobs.comment!.steps.map(({ uses }) => uses?.split('@')[0]);
  expect(uses).toEqual(['actions/checkout', './actions/report']);
});

const repository = { default_branch: 'main', fork: false, is_template: false };
const planned = { plan: { count: '1', matrix: '{"include":[]}' } };

test('a pull request that touches no model costs one job, another two of its own', () => {
  const github = { event_name: 'pull_request', event: { repository, pull_request: { number: 7 } } };
  expect(runs('pull-request', { github, outputs: { plan: { count: '0' } } })).toEqual(['plan']);
  expect(runs('pull-request', { github, outputs: planned })).toEqual(['plan', 'train']);
  const group = { event_name: 'merge_group', event: { repository, merge_group: {} } };
  expect(runs('pull-request', { github: group, outputs: planned })).toEqual(['plan', 'train']);
});

test('a finished run is judged and told, a cancelled or skipped one is not', () => {
  const report = (conclusion: string, event = 'pull_request', extra: Partial<Occasion> = {}) =>
    runs('report', {
      github: { event_name: 'workflow_run', event: { repository, workflow_run: { conclusion, event } } },
      outputs: { judge: { subject: '{"number":7}' } },
      ...extra,
    });
  expect(report('success')).toEqual(['judge', 'comment']);
  expect(report('success', 'merge_group')).toEqual(['judge', 'comment']);
  expect(report('failure')).toEqual(['judge', 'comment']);
  expect(report('action_required')).toEqual(['judge', 'comment']);
  for (const conclusion of ['cancelled', 'skipped']) expect(report(conclusion)).toEqual([]);
  // Somebody who may push a branch can call a workflow of it anything.
  for (const event of ['push', 'schedule', 'workflow_run']) expect(report('success', event)).toEqual([]);
  // Refused while it was judged: the status says so. No pull request any more: nobody is told.
  expect(report('success', 'pull_request', { failing: ['judge'] })).toEqual(['judge', 'comment']);
  expect(report('success', 'pull_request', { outputs: { judge: { subject: '' } } })).toEqual(['judge']);
});

test('training on other machines starts at the button, or at the word of somebody who belongs here', () => {
  const comment = (
    body: string,
    association: string,
    issue: object = { pull_request: {}, state: 'open', number: 7 },
  ) =>
    runs('train-pr', {
      github: {
        event_name: 'issue_comment',
        event: { repository, issue, comment: { body, author_association: association } },
      },
      outputs: planned,
    });
  expect(comment('/train', 'MEMBER')).toEqual(['plan', 'train', 'keep']);
  expect(comment('/train', 'OWNER')).toEqual(['plan', 'train', 'keep']);
  for (const stranger of ['NONE', 'CONTRIBUTOR', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN', ''])
    expect(comment('/train', stranger)).toEqual([]);
  for (const words of ['please /train', '/trainer', '/train\nrm -rf /', ''])
    expect(comment(words, 'MEMBER')).toEqual([]);
  expect(comment('/train', 'MEMBER', { state: 'open', number: 7 })).toEqual([]);
  expect(comment('/train', 'MEMBER', { pull_request: {}, state: 'closed', number: 7 })).toEqual([]);
  const button = { event_name: 'workflow_dispatch', event: { repository } };
  expect(runs('train-pr', { github: button, inputs: { number: 7 }, outputs: planned })).toEqual([
    'plan',
    'train',
    'keep',
  ]);
  const failing = (id: string) => runs('train-pr', { github: button, outputs: planned, failing: [id] });
  expect(failing('train')).toEqual(['plan', 'train', 'keep']);
  expect(failing('plan')).toEqual(['plan']);
});

test('only the default branch registers; a model that fails to train keeps no other from its version', () => {
  const push = (ref: string, extra: Partial<Occasion> = {}) =>
    runs('main', {
      github: { event_name: 'push', ref_name: ref, event: { repository } },
      outputs: planned,
      ...extra,
    });
  expect(push('main')).toEqual(['plan', 'train', 'release']);
  expect(push('master')).toEqual([]);
  expect(push('main', { outputs: { plan: { count: '0' } } })).toEqual(['plan']);
  expect(push('main', { failing: ['train'] })).toEqual(['plan', 'train', 'release']);
  expect(push('main', { failing: ['plan'], outputs: {} })).toEqual(['plan']);
});

test('a promotion is asked for by a tag, a button or the clock, never by a run that calls itself one', () => {
  const promote = (github: object) =>
    runs('promote', { github: { ...github }, inputs: {}, outputs: planned });
  const tag = (event: string) => ({
    event_name: 'workflow_run',
    event: { repository, workflow_run: { event, conclusion: 'success', head_branch: 'm#dev#1' } },
  });
  expect(promote(tag('push'))).toEqual(['plan', 'promote']);
  expect(promote(tag('pull_request'))).toEqual([]);
  for (const event_name of ['workflow_dispatch', 'schedule'])
    expect(promote({ event_name, event: { repository } })).toEqual(['plan', 'promote']);
  const { environment } = named('promote').jobs.promote!;
  expect([environment?.deployment, expressionsIn(environment)]).toEqual([false, [' matrix.environment ']]);
  expect(Object.keys(named('promotion-tag').jobs.asked!.permissions ?? {})).toEqual([]);
});

test('the clock and statuses of a cluster look at environments once somebody wants that, others wake nothing', () => {
  const observe = (event_name: string, context: string | undefined, wanted = 'true') =>
    runs('observe', {
      github: { event_name, event: { repository, ...(context === undefined ? {} : { context }) } },
      vars: wanted === '' ? {} : { LOCKSTEP_OBSERVE: wanted },
    });
  expect(observe('status', 'lockstep/production')).toEqual(['observe']);
  expect(observe('schedule', undefined)).toEqual(['observe']);
  for (const context of ['ci/build', 'lockstep', 'x/lockstep/production'])
    expect(observe('status', context), context).toEqual([]);
  for (const wanted of ['', 'false']) {
    expect(observe('status', 'lockstep/production', wanted)).toEqual([]);
    expect(observe('schedule', undefined, wanted)).toEqual([]);
    expect(observe('workflow_dispatch', undefined, wanted)).toEqual(['observe']);
  }
});

test('data is proposed where some came, whatever became of the rest, by a job that fetched nothing', () => {
  const refresh = (event_name: string, changed: string, failing: string[] = []) =>
    runs('refresh', {
      github: { event_name, event: { repository } },
      inputs: {},
      outputs: { fetch: { changed } },
      failing,
    });
  for (const event of ['schedule', 'workflow_dispatch', 'repository_dispatch'])
    expect(refresh(event, 'true')).toEqual(['fetch', 'propose']);
  expect(refresh('schedule', 'true', ['fetch'])).toEqual(['fetch', 'propose']);
  for (const changed of ['false', '']) expect(refresh('schedule', changed)).toEqual(['fetch']);
});

test("a fork registers, promotes and watches nothing, and nobody but Lockstep runs Lockstep's own tests", () => {
  const fork = { ...repository, fork: true, is_template: true };
  for (const name of [
    'main',
    'promote',
    'observe',
    'monitor',
    'retrain',
    'refresh',
    'train-pr',
    'train-in',
    'ci',
    'release',
  ]) {
    const github = { event_name: 'workflow_dispatch', ref_name: 'main', event: { repository: fork } };
    expect(runs(name, { github, inputs: {}, outputs: planned }), name).toEqual([]);
  }
  for (const name of ['ci', 'release']) {
    const github = (is_template: boolean) => ({
      event_name: 'push',
      event: { repository: { ...repository, is_template } },
    });
    expect(runs(name, { github: github(false) }), name).toEqual([]);
    expect(runs(name, { github: github(true) }), name).toEqual(Object.keys(named(name).jobs));
  }
});
