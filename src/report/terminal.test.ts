import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { failing, passing, undecided } from './sample-input.test-data.ts';
import { renderText } from './terminal.ts';

test('a change that passes', () => {
  expect(renderText(passing, { report: '.lockstep/runs/4f2a/report.html' })).toMatchInlineSnapshot(`
    "✓ flight-delay may be merged: better than v1.0.0 in production

                                candidate    v1.0.0  difference      95 % interval
      ROC AUC                      0.6571    0.6412   ↑ +0.0159  +0.0121 … +0.0197  better
      PR AUC                       0.3312    0.3312   ↑ +0.0184  +0.0125 … +0.0243  better
      Log loss                     0.4803    0.4847   ↓ −0.0044  −0.0055 … −0.0033  better
      Brier score                  0.1529    0.1529   ↓ −0.0014  −0.0018 … −0.0010  better
      Calibration error            0.0121    0.0121   ≈ +0.0012  −0.0029 … +0.0053
      Accuracy                     0.7951    0.7951   ≈ +0.0009  −0.0004 … +0.0022
      Precision                    0.5517    0.5517   ≈ +0.0217  −0.0195 … +0.0629
      Recall                       0.0512    0.0573   ↓ −0.0061  −0.0096 … −0.0026  worse
      F1                           0.0937    0.0937   ↓ −0.0088  −0.0149 … −0.0027  worse
      Latency, 99th percentile    1.83 ms   1.83 ms
      Model size                 0.214 MB  0.214 MB

    dev pass · staging pass · production pass
    ran train, 1 from the cache
    report: .lockstep/runs/4f2a/report.html"
  `);
});

test('a change that is refused, and one that cannot be told', () => {
  expect(renderText(failing).split('\n')[0]).toMatchInlineSnapshot(
    `"✗ flight-delay must not be merged, the gate refuses: ROC AUC is worse than v1.0.0 by 0.0312, with 95 % confidence by up to 0.0351; 0.005 worse is allowed."`,
  );
  expect(renderText(undecided)).toMatchInlineSnapshot(`
    "? fares is inconclusive, too little to tell: RMSE differs from the simplest model by −1.9, but 212 rows leave −6 … +2.2 possible.

            candidate  simplest (mean)  difference      95 % interval
      RMSE     41.377           43.277   ≈ −1.9000  −6.0000 … +2.2000
      MAE      29.114           32.414   ≈ −3.3000  −6.9000 … +0.3000
      R²       0.3110           0.2510   ≈ +0.0600  −0.0500 … +0.1700

    dev inconclusive
    nothing ran: 2 stages from the cache"
  `);
});

test('colour changes no character', () => {
  const colored = renderText(failing, { color: true });
  expect(colored).not.toBe(renderText(failing));
  expect(stripVTControlCharacters(colored)).toBe(renderText(failing));
});

test('control characters of a name never reach the terminal', () => {
  expect(renderText({ ...passing, model: 'a\u001b[31m\nb' }).split('\n')[0]).toBe(
    '✓ a\\u001b[31m b may be merged: better than v1.0.0 in production',
  );
});
