import { expect, test } from 'vitest';
import { renderChange } from './change-comment.ts';
import { changeOutcome } from './change-outcome.ts';
import { withoutValues } from './redaction.ts';
import {
  changeOf,
  everyPart,
  partFailing,
  partMissing,
  partNew,
  partPassing,
  partRefused,
  partUndecided,
  partWaiting,
} from './sample-change.test-data.ts';
import { failing, passing, undecided } from './sample-input.test-data.ts';

/** What is seen before anything is unfolded. */
const inSight = (comment: string): string => comment.replace(/<details>[\s\S]*<\/details>/, '<details>…');

test('one model that passes: the whole answer before anything is unfolded', () => {
  expect(inSight(renderChange(changeOf([partPassing])))).toMatchInlineSnapshot(`
    "### ✅ **flight-delay** may be merged: better than v1.0.0 in production

    Judged against v1.0.0 in production on 20,000 rows. Merged, it would become **v1.1.0**. Commit \`9f3c1d2\`, base \`4b825dc\`.<br>**Changed**: train: params trees 30 → 120, depth 4 → 6 · data: flights/2001-02.parquet changed

    ✅ dev · ✅ staging · ✅ production (after staging)

    | Metric | This change | v1.0.0 | Difference | 95 % interval | | Check |
    | :- | -: | -: | -: | :-: | :- | :-: |
    | ROC AUC | 0.6571 | 0.6412 | ↑ +0.0159 | +0.0121 … +0.0197 | **better** | ✅ |
    | PR AUC | 0.3312 | 0.3312 | ↑ +0.0184 | +0.0125 … +0.0243 | **better** | |
    | Log loss | 0.4803 | 0.4847 | ↓ −0.0044 | −0.0055 … −0.0033 | **better** | |
    | Latency, 99th percentile | 1.83 ms | 1.83 ms | | | | ✅ |

    🔻 **Worse in 1** of 9 slices in ROC AUC: origin = ORD (−0.0093).

    \`\`\`text
    Difference in ROC AUC from v1.0.0, with its 95 % interval

                                             worse ←│→ better
    all rows                 20,000                 │          ├──●──┤          +0.0159
    origin = ORD              1,104  ├──────●──────┤│                           −0.0093
    origin = ATL                988                 │      ├────────●────────┤  +0.0181
    origin = DFW                951                 │ ├─────────●─────────┤     +0.0132
    distance = value 1 of 4   5,021                 │       ├────●────┤         +0.0142
    distance = value 2 of 4   4,996                 │         ├────●─────┤      +0.0171
    distance = value 3 of 4   4,988                 │     ├─────●────┤          +0.0129
    distance = value 4 of 4   4,995                 │  ├─────●────┤             +0.0098
                                     −0.0174        0                     +0.0283
    \`\`\`

    <details>…

    **See it at home**: \`./lockstep run flight-delay --base 4b825dc642cb\`

    <sub>Trained in the pull request's run (2 stages in 4.4 s, the cache saved 1.9 s); scored as another user and without network, judged by main's code, rows and policy at \`4b825dc642cb\`.</sub>

    <!-- lockstep:report -->
    "
  `);
});

test('several models: one line each, the worst first', () => {
  expect(inSight(renderChange(changeOf(everyPart)))).toMatchInlineSnapshot(`
    "### ❌ 3 of 7 models must not be merged; 1 waiting for a GPU, 2 inconclusive, 1 pass

    | | Model | Measured | Verdict | What changed |
    | :-: | :- | :- | :- | :- |
    | ❌ | **flight-cancelled** | ROC AUC 0.6571<br>↓ −0.0312 | fail: ROC AUC is worse than v1.0.0 by 0.0312, with 95 % confidence by up to 0.0351; 0.005 worse is … | train: params learning-rate 0.1 → 2; policy.yaml |
    | ❌ | **no-shows** | | no candidate was handed over: see the run of this pull request | code: train.py |
    | ❌ | **seat-maps** | | the hand-over is refused: model.onnx holds other bytes (sha256:​4e07…) in candidate.json — sha256:​77… | code: train.py |
    | ⏳ | **demand-forecast** | | waiting for a maintainer to train this on a GPU | train: params epochs 40 → 60 |
    | ⚠️ | **fares** | RMSE 41.377<br>≈ −1.9000 | inconclusive: RMSE differs from the simplest model by −1.9, but 212 rows leave −6 … +2.2 possible. | code: pipelines/fares/prepare.ts |
    | ⚠️ | **baggage** | | inconclusive: a new model, judged on main | a new model |
    | ✅ | **flight-delay** | ROC AUC 0.6571<br>↑ +0.0159 | pass: better than v1.0.0 in production | train: params trees 30 → 120, depth 4 → 6; data: flights/20… |

    <details>…

    **See it at home**: \`./lockstep run flight-cancelled --base 4b825dc642cb\`

    <sub>Trained in the pull request's run (6 stages in 47 min 9 s, the cache saved 3.8 s, 45 GPU minutes); scored as another user and without network, judged by main's code, rows and policy at \`4b825dc642cb\`.</sub>

    <!-- lockstep:report -->
    "
  `);
});

test('every state in the words of a status', () => {
  const said = [
    [],
    [partPassing],
    [partFailing],
    [partUndecided],
    [partWaiting],
    [partMissing],
    [partRefused],
    [partNew],
    [partPassing, { ...partPassing, model: 'other' }],
    [partPassing, partNew],
    [partPassing, partNew, partWaiting],
    everyPart,
  ].map((models) => Object.values(changeOutcome({ models })).join(': '));
  expect(said).toMatchInlineSnapshot(`
    [
      "success: unchanged: no model is affected",
      "success: pass: better than v1.0.0 in production",
      "failure: fail: ROC AUC is worse than v1.0.0 by 0.0312, with 95 % confidence by up to 0.0351; 0.005 worse is allowed.",
      "success: inconclusive: RMSE differs from the simplest model by −1.9, but 212 rows leave −6 … +2.2 possible.",
      "pending: waiting for a maintainer to train this on a GPU",
      "failure: no candidate was handed over: see the run of this pull request",
      "failure: the hand-over is refused: model.onnx holds other bytes (sha256:4e07…) in candidate.json — sha256:77c7…, as candidate.json says.",
      "success: inconclusive: a new model, judged on main",
      "success: all 2 models pass",
      "success: 1 of 2 models is inconclusive: baggage, inconclusive: a new model, judged on main",
      "pending: 1 of 3 models waits for a GPU: demand-forecast, waiting for a maintainer to train this on a GPU",
      "failure: 3 of 7 models must not be merged: flight-cancelled, fail: ROC AUC is worse than v1.0.0 by 0.0312, with 95 % confidence by up to 0.0351; 0.0…",
    ]
  `);
  for (const line of said) expect(line.length).toBeLessThanOrEqual(140 + 'success: '.length);
});

test('values of a column that is not public stand nowhere, also not in reasons and a status', () => {
  const secret = 'Jane Doe of 5 Long Street';
  const slice = { column: 'name', value: secret, rows: 900, metrics: {} };
  const reason = `name=${secret}: ROC AUC is 0.5, at least 0.6 was asked.`;
  const input = {
    ...failing,
    evaluation: { ...failing.evaluation, slices: [slice] },
    comparison: { ...failing.comparison!, slices: [slice] },
    verdicts: failing.verdicts.map((verdict) => ({
      ...verdict,
      reasons: [reason],
      checks: verdict.checks.map((check) => ({
        ...check,
        id: `roc_auc at-least 0.6 [name=${secret}]`,
        reason,
      })),
    })),
  };
  const change = changeOf([
    { ...partFailing, kind: 'judged', input, trained: null, own: null, quick: false },
  ]);
  const said = renderChange(change) + changeOutcome(change).description;
  expect(said).not.toContain('Jane');
  expect(said).toContain('name=value 1 of 1: ROC AUC is 0.5');
  expect(said).toContain('model.yaml does not call it public');
  expect(withoutValues(withoutValues(input))).toEqual(withoutValues(input));
});

test('a public value is told', () => {
  expect(renderChange(changeOf([partPassing]))).toContain('origin = ORD');
  const closed = { ...passing, modelFile: { ...passing.modelFile, inputs: [] } };
  const comment = renderChange(
    changeOf([{ ...partPassing, kind: 'judged', input: closed } as typeof partPassing]),
  );
  expect(comment).not.toContain('ORD');
  expect(comment).toContain('origin = value 1 of 5');
});

test('what judges is the base’s, and the comment says so of each file that the change would have otherwise', () => {
  const why = ['model.yaml', 'how it is judged (evaluate)'];
  const comment = renderChange(changeOf([{ ...partFailing, why }]));
  expect(comment).toContain("The base's decides until it is merged; by its own this would be **pass**.");
  expect(comment).toContain(
    "Changed here is also how it is judged (evaluate) and model.yaml: the base's holds",
  );
  expect(renderChange(changeOf([partPassing]))).not.toContain('until it is merged');
});

test('what a quick run measured is shown while the model waits for a GPU', () => {
  const comment = renderChange(changeOf([{ ...partWaiting, kind: 'waiting', input: undecided }]));
  expect(comment).toContain('What a quick run measured, on a sample of the rows');
  expect(comment).toContain('it can refuse, never pass');
  expect(comment.split('\n')[0]).toContain('waiting for a maintainer to train this on a GPU');
});
