import { expect, test } from 'vitest';
import { renderComment } from './comment.ts';
import { failing, passing, undecided } from './sample-input.test-data.ts';

test('a change that passes', () => {
  expect(renderComment(passing)).toMatchInlineSnapshot(`
    "### ✅ **flight-delay** may be merged: better than v1.0.0 in production

    Judged against v1.0.0 in production on 20,000 rows. Merged, it would become **v1.1.0**. Commit \`9f3c1d2\`, base \`4b825dc\`.

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
    all rows              20,000                 │          ├──●──┤          +0.0159
    origin = ORD           1,104  ├──────●──────┤│                           −0.0093
    origin = ATL             988                 │      ├────────●────────┤  +0.0181
    origin = DFW             951                 │ ├─────────●─────────┤     +0.0132
    distance = ≤ 313       5,021                 │       ├────●────┤         +0.0142
    distance = 313 – 557   4,996                 │         ├────●─────┤      +0.0171
    distance = 557 – 980   4,988                 │     ├─────●────┤          +0.0129
    distance = > 980       4,995                 │  ├─────●────┤             +0.0098
                                  −0.0174        0                     +0.0283
    \`\`\`

    <details>
    <summary>Details: 5 checks, 7 more metrics, 9 slices, 2 changed datasets, time, 1 note, digests</summary>

    **Checks: 4 hold, 1 pending**

    | | Check | In | What was found |
    | :-: | :- | :- | :- |
    | ⏳ | <code>error\\_rate at-most 0.001 from staging</code> | production | Judged by promote, from what staging observes. |
    | ✅ | <code>roc\\_auc at-least 0.6</code> | all | ROC AUC is 0.6571, at least 0.6 was asked. |
    | ✅ | <code>roc\\_auc not-worse-than baseline</code> | all | ROC AUC is better than v1.0.0 by 0.0159, with 95 % confidence by at least 0.0127; 0.005 worse is allowed. |
    | ✅ | <code>roc\\_auc at-least 0.6 \\[origin=\\*\\]</code> | all | All 8 slices with at least 600 rows hold; the lowest is origin=LAX with 0.6309. |
    | ✅ | <code>latency\\_p99\\_ms at-most 20</code> | all | Latency (99th percentile) is 1.83 ms, at most 20 ms were asked. |

    **7 more metrics**

    | Metric | This change | v1.0.0 | Difference | 95 % interval | |
    | :- | -: | -: | -: | :-: | :- |
    | Brier score | 0.1529 | 0.1529 | ↓ −0.0014 | −0.0018 … −0.0010 | **better** |
    | Calibration error | 0.0121 | 0.0121 | ≈ +0.0012 | −0.0029 … +0.0053 | no clear change |
    | Accuracy | 0.7951 | 0.7951 | ≈ +0.0009 | −0.0004 … +0.0022 | no clear change |
    | Precision | 0.5517 | 0.5517 | ≈ +0.0217 | −0.0195 … +0.0629 | no clear change |
    | Recall | 0.0512 | 0.0573 | ↓ −0.0061 | −0.0096 … −0.0026 | **worse** |
    | F1 | 0.0937 | 0.0937 | ↓ −0.0088 | −0.0149 … −0.0027 | **worse** |
    | Model size | 0.214 MB | 0.214 MB | | | |

    **9 slices in ROC AUC, the worst first**

    | Slice | Rows | This change | Difference | 95 % interval | |
    | :- | -: | -: | -: | :-: | :- |
    | <code>origin</code> = <code>ORD</code> | 1,104 | 0.6411 | ↓ −0.0093 | −0.0174 … −0.0012 | 🔻 **worse** |
    | <code>origin</code> = <code>LAX</code> | 702 | 0.6309 | ≈ +0.0061 | −0.0082 … +0.0204 | |
    | <code>distance</code> = <code>&gt; 980</code> | 4,995 | 0.6689 | ↑ +0.0098 | +0.0034 … +0.0162 | **better** |
    | <code>distance</code> = <code>557 – 980</code> | 4,988 | 0.6603 | ↑ +0.0129 | +0.0066 … +0.0192 | **better** |
    | <code>origin</code> = <code>DFW</code> | 951 | 0.6688 | ↑ +0.0132 | +0.0015 … +0.0249 | **better** |
    | <code>distance</code> = <code>≤ 313</code> | 5,021 | 0.6402 | ↑ +0.0142 | +0.0084 … +0.0200 | **better** |
    | <code>distance</code> = <code>313 – 557</code> | 4,996 | 0.6571 | ↑ +0.0171 | +0.0110 … +0.0232 | **better** |
    | <code>origin</code> = <code>ATL</code> | 988 | 0.6622 | ↑ +0.0181 | +0.0079 … +0.0283 | **better** |
    | <code>origin</code> = <code>PHX</code> | 587 | 0.6533 | ↑ +0.0207 | +0.0058 … +0.0356 | **better** |

    **2 changed datasets**

    | Dataset | | Before | After |
    | :- | :- | :- | :- |
    | <code>flights/2001-02.parquet</code> | changed | 402.1 KB \`ca978112ca1b\` | 409.9 KB \`3e23e8160039\` |
    | <code>flights/2001-07.parquet</code> | new | | 398.0 KB \`2e7d2c03a950\` |

    **Run: 1 stage ran in 4.4 s, 1 came from the cache**

    | Stage | | Time | Why |
    | :- | :- | -: | :- |
    | <code>prepare</code> | cached | 1.9 s | |
    | <code>train</code> | ran | 4.4 s | params changed: trees 30 → 120, depth 4 → 6 |

    **1 note**

    - Column tail\\_number was left out: every row has a value of its own.

    **What this speaks of**

    | What | Digest or commit |
    | :- | :- |
    | commit | \`9f3c1d27a6b54c0f8e2d7b1a3c5e7f9012345678\` |
    | base | \`4b825dc642cb6eb9a060e54bf8d69288fbee4904\` |
    | data.lock | \`sha256:0c030586945fe504b604ecc2e875c38ede400cd5cd73da9730302162e6b02c6f\` |
    | run | \`sha256:acba25512100f80b56fc3ccd14c65be55d94800cda77585c5f41a887e398f9be\` |
    | model | \`sha256:9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4\` |
    | judged rows | \`sha256:bc51e9e65d79e1c90ba544ab2eae1044ccdf8c1af7a559ba375cba4276f7d99e\` |
    | predictions | \`sha256:174824b02c8aa83d8316308abc2373adfc42a3c656c6c74525615f6bc706f296\` |
    | evaluation | \`sha256:efe77b201dc216c0edf435a227df2b2898d3f6ea1ff16e5d4d0d4ec0cf593271\` |
    | comparison | \`sha256:c271f2bb931810eef633f7c736d1dd934fbd6ed5f62ac8d8ea39ade811190622\` |
    | policy | \`sha256:823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812\` |
    | policy read at | \`4b825dc642cb6eb9a060e54bf8d69288fbee4904\` |
    | environments at | \`0c5c6ef1b4e2f8b5b1a8d2f1f1d3a8f6f6a7b8c9\` |

    </details>

    <!-- lockstep:report -->
    "
  `);
});

test('a change that the gate refuses says so in its first line', () => {
  expect(renderComment(failing).split('\n').slice(0, 10).join('\n')).toMatchInlineSnapshot(`
    "### ❌ **flight-delay** must not be merged, the gate refuses: ROC AUC is worse than v1.0.0 by 0.0312, with 95 % confidence by up to 0.0351; 0.005 worse is allowed.

    Judged against v1.0.0 in production on 20,000 rows. Commit \`9f3c1d2\`, base \`4b825dc\`.

    ❌ dev · ❌ staging · ❌ production

    | Metric | This change | v1.0.0 | Difference | 95 % interval | | Check |
    | :- | -: | -: | -: | :-: | :- | :-: |
    | ROC AUC | 0.6571 | 0.6412 | ↓ −0.0312 | −0.0358 … −0.0266 | **worse** | ❌ |
    | PR AUC | 0.3312 | 0.3312 | ↑ +0.0184 | +0.0125 … +0.0243 | **better** | |"
  `);
});

test('a first version that is too small to tell', () => {
  expect(renderComment(undecided).split('\n').slice(0, 21).join('\n')).toMatchInlineSnapshot(`
    "### ⚠️ **fares** is inconclusive, too little to tell: RMSE differs from the simplest model by −1.9, but 212 rows leave −6 … +2.2 possible.

    First version, judged against the simplest model (mean) on 212 rows. Merged, it would become **v0.1.0**. Commit \`9f3c1d2\`, base \`4b825dc\`.

    ⚠️ dev

    | Metric | This change | simplest (mean) | Difference | 95 % interval | | Check |
    | :- | -: | -: | -: | :-: | :- | :-: |
    | RMSE | 41.377 | 43.277 | ≈ −1.9000 | −6.0000 … +2.2000 | no clear change | ⚠️ |
    | MAE | 29.114 | 32.414 | ≈ −3.3000 | −6.9000 … +0.3000 | no clear change | |
    | R² | 0.3110 | 0.2510 | ≈ +0.0600 | −0.0500 … +0.1700 | no clear change | |

    \`\`\`text
    Difference in RMSE from simplest (mean), with its 95 % interval

                                         better ←│→ worse
    all rows   212  ├───────────────────●────────┼──────────┤  −1.9000
                    −6.0000                      0       +2.2000
    \`\`\`

    <details>"
  `);
});

test('arrows follow the number, words follow the direction of the metric', () => {
  const cells = (metric: string) =>
    renderComment(passing)
      .split('\n')
      .find((line) => line.startsWith(`| ${metric}`))!
      .split('|')
      .map((cell) => cell.trim().replaceAll('\u00a0', ' '));
  expect(cells('ROC AUC')).toMatchObject({ 4: '↑ +0.0159', 6: '**better**' });
  expect(cells('Log loss')).toMatchObject({ 4: '↓ −0.0044', 6: '**better**' });
  expect(cells('Recall')).toMatchObject({ 4: '↓ −0.0061', 6: '**worse**' });
  expect(cells('Accuracy')).toMatchObject({ 4: '≈ +0.0009', 6: 'no clear change' });
});
