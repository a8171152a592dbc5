import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planRetraining } from './retraining.ts';

const file = 'pipelines/flights/pipeline.yaml';
const pipeline = `# Late or not.
params:
  train-months: ["2001-01"] # learn
  test-months:   [ "2001-02" ]   # judge
  later-months: ["2001-03", "2001-04", "2001-07"]
  seed: 7
stages:   {prepare: {run: node prepare.ts, outputs: [a]}}
`;
const months = ['2001-03', '2001-04'];

test('moves the judge to the newest month with outcomes and leaves every other byte alone', () => {
  const plan = planRetraining({
    text: pipeline,
    file,
    model: 'flights',
    months,
    reasons: ['ROC AUC was worse.'],
  })!;
  expect(plan.text).toBe(`# Late or not.
params:
  train-months: ["2001-01", "2001-02", "2001-03"] # learn
  test-months:   ["2001-04"]   # judge
  later-months: ["2001-07"]
  seed: 7
stages:   {prepare: {run: node prepare.ts, outputs: [a]}}
`);
  expect(plan).toMatchObject({ train: ['2001-01', '2001-02', '2001-03'], test: ['2001-04'] });
  expect(`${plan.title}\n\n${plan.body}`).toMatchInlineSnapshot(`
    "feat(flights): learn from 2001-01 to 2001-03, judge on 2001-04

    Before: 2001-01, judged on 2001-02.

    - ROC AUC was worse."
  `);
});

test('proposes nothing twice', () => {
  const { text } = planRetraining({ text: pipeline, file, model: 'flights', months })!;
  expect(planRetraining({ text, file, model: 'flights', months })).toBeNull();
});

test('keeps block lists and their quotes', () => {
  const text = `params:
  train-months:
    - 2001-01
  test-months:
    - '2001-02' # the next one

  later-months:
    - "2001-03"
    - "2001-04"
stages: {}
`;
  expect(planRetraining({ text, file, model: 'flights', months })!.text).toBe(`params:
  train-months:
    - 2001-01
    - 2001-02
    - 2001-03
  test-months:
    - '2001-04' # the next one

  later-months:
    []
stages: {}
`);
});

test('says what a pipeline lacks', () => {
  expect(() => planRetraining({ text: 'params: {seed: 7}\n', file, model: 'flights', months })).toThrow(
    'E_MONITOR_DATA: no list "train-months" among the params in pipelines/flights/pipeline.yaml — params with train-months and test-months. Fix: make the months that the prepare stage reads params of the pipeline, or change it by hand.',
  );
});

test('moves the months of the flights example', () => {
  const text = readFileSync('pipelines/flight-delay/pipeline.yaml', 'utf8');
  const plan = planRetraining({
    text,
    file,
    model: 'flight-delay',
    months: ['2001-03', '2001-04', '2001-05', '2001-06'],
  })!;
  const changed = plan.text.split('\n').filter((line, index) => line !== text.split('\n')[index]);
  expect(changed.map((line) => line.trim())).toEqual([
    'train-months: ["2001-01", "2001-02", "2001-03", "2001-04", "2001-05"]',
    'test-months: ["2001-06"]',
    'later-months: []',
  ]);
});
