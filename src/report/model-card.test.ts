import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderCard } from './model-card.ts';
import { passing, undecided } from './sample-input.test-data.ts';

const frontMatter = (card: string) =>
  parse(/^---\n([\s\S]*?)\n---\n/.exec(card)![1]!) as Record<string, unknown>;

test("the front matter is the hub's", () => {
  expect(frontMatter(renderCard(passing))).toMatchObject({
    license: 'apache-2.0',
    library_name: 'onnx',
    pipeline_tag: 'tabular-classification',
    'model-index': [
      {
        name: 'flight-delay',
        results: [
          {
            task: { type: 'tabular-classification' },
            metrics: [{ type: 'roc_auc', value: 0.6571, name: 'ROC AUC' }, ...Array(10).fill({})],
          },
        ],
      },
    ],
  });
  expect(frontMatter(renderCard(undecided))).toMatchObject({ pipeline_tag: 'tabular-regression' });
});

test('the body says what is known and what nobody stated', () => {
  const card = renderCard(undecided);
  expect(card.slice(card.indexOf('\n# '), card.indexOf('## Where it comes'))).toMatchInlineSnapshot(`
    "
    # fares v0.1.0

    Nobody has described this model yet: \`description\` in model.yaml.

    ## Who answers for it

    | | |
    | :- | :- |
    | Owner | _not stated_ |
    | Licence | _not stated_ |
    | Risk | _not stated_ |
    | Task | regression |

    ## What it reads and answers

    | Column | Type | Missing | Meaning |
    | :- | :- | :- | :- |
    | <code>miles</code> | number | yes | |

    It answers <code>fare</code>: a number in USD.

    ## How good it is

    On 212 rows that training never saw. Compared with the simplest model (mean), on the same rows.

    | Metric | Value | 95 % interval |
    | :- | -: | :-: |
    | RMSE | 41.377 | 36.020 – 46.910 |
    | MAE | 29.114 | 25.500 – 32.900 |
    | R² | 0.3110 | 0.1920 – 0.4210 |

    ## Where it is better and worse

    No slices were asked for: \`slices\` in pipeline.yaml.

    "
  `);
});

test('what lockstep.yaml says of the data is there, as text and nothing else', () => {
  const datasets = { 'flights.csv': { licence: 'CC0-1.0', description: 'Of <b>2001</b>' }, 'b.csv': {} };
  const card = renderCard({ ...undecided, datasets });
  expect(/## What it learnt from\n\n([\s\S]*?)\n\n/.exec(card)![1]).toMatchInlineSnapshot(`
    "| Dataset | Licence | What it is |
    | :- | :- | :- |
    | <code>flights.csv</code> | CC0-1.0 | Of &lt;b&gt;2001&lt;/b&gt; |
    | <code>b.csv</code> | _not stated_ | |"
  `);
});
