import { expect, test } from 'vitest';
import type { ChangedPart } from './change-input.ts';
import { changeKey } from './change-key.ts';
import { renderChange } from './index.ts';
import type { ReportInput } from './report-input.ts';
import { changeOf, everyPart, partFailing, partPassing } from './sample-change.test-data.ts';

type Judged = Extract<ChangedPart, { kind: 'judged' }>;
const passing = partPassing as Judged;
const withInput = (part: Judged, over: Partial<ReportInput>): Judged => ({
  ...part,
  input: { ...part.input, ...over },
});

/** As a second judging on a slower machine gives it. */
function again({ input, ...part }: Judged): Judged {
  const { evaluation, comparison, verdicts, run } = input;
  const slow = (metrics: typeof evaluation.metrics) => ({
    ...metrics,
    latency_p99_ms: { value: 9.87, low: null, high: null },
  });
  return {
    ...part,
    trained: { stages: 2, work: 99, took: 99, gpu: 0 },
    input: {
      ...input,
      evaluation: { ...evaluation, metrics: slow(evaluation.metrics) },
      comparison: comparison && { ...comparison, candidateEvaluation: `sha256:${'e'.repeat(64)}` },
      verdicts: verdicts.map((verdict) => ({
        ...verdict,
        made: '2027-01-01T00:00:00Z',
        binding: { ...verdict.binding, evaluation: `sha256:${'e'.repeat(64)}` },
        checks: verdict.checks.map((check) =>
          check.check.metric === 'latency_p99_ms'
            ? { ...check, value: 9.87, reason: 'latency_p99_ms 9.87, at most 20' }
            : check,
        ),
      })),
      run: { ...run, seconds: 77, started: '2027-01-01T00:00:00Z' },
      stages: [{ name: 'prepare', kind: 'ran', seconds: 55 }],
    },
  };
}

test('what a clock measured is not in it, though the comment shows it', () => {
  const [once, twice] = [changeOf([passing]), changeOf([again(passing)])];
  expect(renderChange(twice)).not.toBe(renderChange(once));
  expect(changeKey(twice)).toBe(changeKey(once));
});

const { input } = passing;
const metric = { value: 0.7, low: 0.69, high: 0.71 };
const [first] = input.verdicts;

test.each<[string, ReturnType<typeof changeOf>]>([
  ['another commit', changeOf([passing], { head: 'a'.repeat(40) })],
  ['another base', changeOf([passing], { base: 'a'.repeat(40) })],
  ["another commit of the judge's code", changeOf([passing], { judge: 'a'.repeat(40) })],
  ['another model in it', changeOf([passing, { ...passing, model: 'other' }])],
  ['no candidate', changeOf([{ model: passing.model, why: passing.why, kind: 'missing' }])],
  ['another verdict', changeOf([partFailing])],
  ['its own policy', changeOf([{ ...passing, own: 'fail' }])],
  [
    'another number',
    changeOf([
      withInput(passing, {
        evaluation: { ...input.evaluation, metrics: { ...input.evaluation.metrics, roc_auc: metric } },
      }),
    ]),
  ],
  [
    'another run',
    changeOf([withInput(passing, { run: { ...input.run, fingerprint: `sha256:${'a'.repeat(64)}` } })]),
  ],
  [
    'another policy',
    changeOf([
      withInput(passing, {
        verdicts: [
          {
            ...first!,
            binding: { ...first!.binding, policy: { digest: `sha256:${'a'.repeat(64)}`, commit: null } },
          },
        ],
      }),
    ]),
  ],
  [
    'a time that is now too long',
    changeOf([
      withInput(passing, {
        verdicts: input.verdicts.map((verdict) => ({
          ...verdict,
          checks: verdict.checks.map((check) => ({ ...check, outcome: 'fail' })),
        })),
      }),
    ]),
  ],
])('%s is another key', (_, change) => {
  expect(changeKey(change)).not.toBe(changeKey(changeOf([passing])));
});

test('every kind of part has one', () => {
  expect(changeKey(changeOf(everyPart))).toMatch(/^sha256:[0-9a-f]{64}$/);
});
