import { stringify } from 'yaml';
import { metricTitle } from '../evaluation/index.ts';
import { baselineName, primaryMetric } from './headline.ts';
import { inert, inertCode } from './inert-text.ts';
import { table } from './markdown-parts.ts';
import { metricRows, sliceRows } from './metric-change.ts';
import { countText, intervalText, metricText, plural } from './numbers.ts';
import { provenance } from './provenance.ts';
import type { ReportInput } from './report-input.ts';

const mostSlices = 30;

/**
 * A model card in Markdown, with the front matter of the Hugging Face hub (its `model-index`) and the sections
 * of Mitchell et al., "Model Cards for Model Reporting" (2019). What nobody stated is said to be missing.
 */
export function renderCard(input: ReportInput): string {
  const { model, modelFile, version } = input;
  return `${[
    `---\n${stringify(frontMatter(input), { lineWidth: 0 })}---`,
    `# ${inert(model)}${version === undefined ? '' : ` ${inert(version)}`}`,
    modelFile.description === undefined
      ? 'Nobody has described this model yet: `description` in model.yaml.'
      : inert(modelFile.description, 1000),
    `## Who answers for it\n\n${table(
      ['', ''],
      [
        ['Owner', stated(modelFile.owner)],
        ['Licence', stated(modelFile.license)],
        ['Risk', stated(modelFile.risk)],
        ['Task', inert(modelFile.task)],
      ],
      ['l', 'l'],
    )}`,
    `## What it reads and answers\n\n${inputTable(input)}\n\nIt answers ${inertCode(modelFile.output.name)}: ${answer(input)}.`,
    `## How good it is\n\n${evaluationText(input)}`,
    `## Where it is better and worse\n\n${sliceText(input)}`,
    ...dataText(input),
    `## Where it comes from\n\n${table(
      ['What', 'Digest or commit'],
      provenance(input).map(([name, value]) => [name, inertCode(value)]),
      ['l', 'l'],
    )}`,
  ].join('\n\n')}\n`;
}

/** Nothing where lockstep.yaml says nothing of the data. */
function dataText({ datasets = {} }: ReportInput): string[] {
  const rows = Object.entries(datasets).map(([key, { licence, description, homepage }]) => [
    inertCode(key),
    stated(licence),
    inert([description, homepage].filter(Boolean).join(' '), 500),
  ]);
  const columns = table(['Dataset', 'Licence', 'What it is'], rows, ['l', 'l', 'l']);
  return rows.length === 0 ? [] : [`## What it learnt from\n\n${columns}`];
}

const stated = (text: string | undefined): string => (text === undefined ? '_not stated_' : inert(text));

function frontMatter({ model, modelFile, evaluation }: ReportInput) {
  const type = modelFile.task === 'regression' ? 'tabular-regression' : 'tabular-classification';
  return {
    ...(modelFile.license === undefined ? {} : { license: modelFile.license.toLowerCase() }),
    library_name: 'onnx',
    pipeline_tag: type,
    tags: ['lockstep', 'onnx', 'tabular'],
    metrics: Object.keys(evaluation.metrics),
    'model-index': [
      {
        name: model,
        results: [
          {
            task: { type },
            dataset: {
              name: `${evaluation.target}, ${evaluation.rows} rows`,
              type: 'tabular',
              revision: evaluation.data,
            },
            metrics: Object.entries(evaluation.metrics).map(([name, { value }]) => ({
              type: name,
              value,
              name: metricTitle(name),
            })),
          },
        ],
      },
    ],
  };
}

const inputTable = ({ modelFile }: ReportInput): string =>
  table(
    ['Column', 'Type', 'Missing', 'Meaning'],
    modelFile.inputs.map(({ name, type, missing, description }) => [
      inertCode(name),
      type,
      missing === false ? 'no' : 'yes',
      inert(description ?? '', 300),
    ]),
    ['l', 'l', 'l', 'l'],
  );

const answer = ({ modelFile, evaluation }: ReportInput): string =>
  modelFile.task === 'regression'
    ? `a number${modelFile.output.unit === undefined ? '' : ` in ${inert(modelFile.output.unit)}`}`
    : `the probability of ${inertCode(evaluation.positive ?? modelFile.output.positive ?? 'the positive class')}`;

function evaluationText(input: ReportInput): string {
  const against = input.comparison
    ? ` Compared with ${inert(baselineName(input.comparison))}, on the same rows.`
    : '';
  const rows = metricRows(input).map(({ metric, title, candidate }) => [
    inert(title),
    metricText(metric, candidate.value),
    intervalText(metric, candidate),
  ]);
  return `On ${plural(input.evaluation.rows, 'row')} that training never saw.${against}\n\n${table(['Metric', 'Value', '95 % interval'], rows.slice(0, 50), ['l', 'r', 'c'])}`;
}

function sliceText(input: ReportInput): string {
  const metric = primaryMetric(input);
  const rows = sliceRows(input, metric)
    .filter(({ candidate }) => candidate)
    .slice(0, mostSlices)
    .map(({ column, value, rows, candidate }) => [
      `${inertCode(column)} = ${inertCode(value)}`,
      countText(rows),
      metricText(metric, candidate!.value),
      intervalText(metric, candidate!),
    ]);
  if (rows.length === 0) return 'No slices were asked for: `slices` in pipeline.yaml.';
  return table(['Slice', 'Rows', inert(metricTitle(metric)), '95 % interval'], rows, ['l', 'r', 'r', 'c']);
}
