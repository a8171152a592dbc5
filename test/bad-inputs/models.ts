import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { OnnxGraph } from '../../src/model/onnx-builder.ts';
import type { ErrorCode } from '../../src/workspace/index.ts';
import { toyModel } from '../toy-model.ts';
import type { BadInput } from './bad-input.ts';
import { pipelineYaml, rowsCsv } from './repository.ts';
import { withTrain } from './stages.ts';

const run = ['run', 'toy'] as const;

/** What the train stage copies as the model. */
const model = (name: string, code: ErrorCode, bytes: Uint8Array): BadInput => ({
  name,
  code,
  command: run,
  given: (repository) => repository.write('pipelines/toy/toy.onnx', bytes),
});

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const safetensors = (header: string, data = ''): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.from(data)]);
};
const tensor = (begin: number, end: number) => `{"dtype":"F32","shape":[1],"data_offsets":[${begin},${end}]}`;

function graphWith(domain: string): Uint8Array {
  const graph = new OnnxGraph('evil');
  graph.output('score', graph.node('Shell', [graph.input('distance', 'float')], { domain }), 'float');
  return graph.toBytes({});
}

/** A sound graph whose weights are said to lie elsewhere. */
function graphOutside(places: Readonly<Record<string, string>>): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, graphOf('distance'));
  proto.graph!.initializer.push(
    create(TensorProtoSchema, {
      name: 'w',
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(places).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      ),
    }),
  );
  return toBinary(ModelProtoSchema, proto);
}

/** A sound graph that asks for a column that no row has. */
function graphOf(input: string): Uint8Array {
  const graph = new OnnxGraph('other');
  graph.output('score', graph.node('Sigmoid', [graph.input(input, 'float')]), 'float');
  return graph.toBytes({});
}

/** A stage that writes this as its metrics, beside a good model. */
const metrics = (name: string, code: ErrorCode, lines: string): BadInput => ({
  name,
  code,
  command: run,
  given: (repository) => {
    repository.write('pipelines/toy/metrics.jsonl', lines);
    const copy = 'cp toy.onnx "$LOCKSTEP_OUTPUTS"/model.onnx && cp metrics.jsonl "$LOCKSTEP_METRICS"';
    repository.write(
      'pipelines/toy/pipeline.yaml',
      withTrain(
        `{run: ${JSON.stringify(copy)}, inputs: [toy.onnx, table.csv, metrics.jsonl], outputs: [model.onnx]}`,
      ),
    );
  },
});

/** Predictions of a stage's own instead of a model. */
const predictions = (name: string, code: ErrorCode, csv: string): BadInput => ({
  name,
  code,
  command: run,
  given: (repository) => {
    repository.write('pipelines/toy/predictions.csv', csv);
    const copy = 'cp predictions.csv "$LOCKSTEP_OUTPUTS"/scores.csv';
    const stage = `{run: ${JSON.stringify(copy)}, inputs: [table.csv, predictions.csv], outputs: [scores.csv]}`;
    repository.write(
      'pipelines/toy/pipeline.yaml',
      withTrain(stage).replace('model: model.onnx', 'predictions: scores.csv'),
    );
  },
});

const ids = rowsCsv()
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',')[0]!);
const scores = (score: (id: string, row: number) => string, names = ids): string =>
  `row_id,fold,score\n${names.map((id, row) => `${id},0,${score(id, row)}`).join('\n')}\n`;

/** The rows that are judged, of a model that the base does not know: it brings its own. */
const rows = (name: string, code: ErrorCode, change: string): BadInput => ({
  name,
  code,
  command: ['run', 'draft'],
  given: (repository) =>
    repository.write(
      'pipelines/draft/pipeline.yaml',
      pipelineYaml.replace(/run: cp "\$LOCKSTEP_INPUTS".*/, () => `run: ${change}`),
    ),
});
const rewrite = (program: string) =>
  `sed '${program}' "$LOCKSTEP_INPUTS"/data/toy/rows.csv > "$LOCKSTEP_OUTPUTS"/table.csv`;

export const models: readonly BadInput[] = [
  model('a pickle', 'E_MODEL_FORMAT', text('\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n.')),
  model('a 7z archive', 'E_MODEL_FORMAT', text('7z\xbc\xaf\x27\x1c\x00\x04')),
  model('a page', 'E_MODEL_FORMAT', text('<!doctype html><title>404</title>')),
  model('noise', 'E_MODEL_FORMAT', Buffer.from('ffeeddccbbaa99887766', 'hex')),
  model('safetensors with an endless header', 'E_MODEL_HEADER', Buffer.from('00000000000000807b7d', 'hex')),
  model(
    'safetensors that overlap',
    'E_MODEL_LAYOUT',
    safetensors(`{"a":${tensor(0, 4)},"b":${tensor(2, 6)}}`, 'xxxxxx'),
  ),
  model(
    'safetensors with a hole',
    'E_MODEL_LAYOUT',
    safetensors(`{"a":${tensor(0, 4)},"b":${tensor(8, 12)}}`, 'x'.repeat(12)),
  ),
  model(
    'safetensors twice',
    'E_MODEL_LAYOUT',
    safetensors(`{"a":${tensor(0, 4)},"a":${tensor(4, 8)}}`, 'xxxxxxxx'),
  ),
  model('a model without a graph', 'E_MODEL_EMPTY', Buffer.from([0x08, 0x08])),
  model('weights outside', 'E_MODEL_EXTERNAL_DATA', graphOutside({ location: '../../etc/passwd' })),
  model('weights beside it', 'E_MODEL_EXTERNAL_DATA', graphOutside({ location: 'weights.bin' })),
  model(
    'weights before the beginning',
    'E_MODEL_EXTERNAL_DATA',
    graphOutside({ location: 'weights.bin', offset: '-1' }),
  ),
  model(
    'weights with a key of its own',
    'E_MODEL_EXTERNAL_DATA',
    graphOutside({ location: 'w', __class__: 'os.system' }),
  ),
  model('an operator of its own', 'E_MODEL_CUSTOM_OP', graphWith('com.evil')),
  model('a model for other columns', 'E_MODEL_INPUT', graphOf('altitude')),
  model('a model that takes text as a number', 'E_MODEL_INPUT', graphOf('carrier')),
  model('a model that throws', 'E_MODEL_RUN', throwing()),
  metrics('a metric as text', 'E_METRICS_TYPE', '{"auc": "0.99"}\n'),
  metrics('metrics that are no JSON', 'E_METRICS_TYPE', 'auc=0.99\n'),
  metrics('a metric that is no number', 'E_NUMBER_NOT_FINITE', '{"auc": NaN}\n'),
  metrics(
    '10,001 metrics',
    'E_METRICS_TOO_MANY',
    `{${Array.from({ length: 10_001 }, (_, index) => `"m${index}": 1`).join(', ')}}\n`,
  ),
  metrics('__proto__', 'E_METRICS_NAME', '{"__proto__": 1}\n'),
  metrics('a name of 10 KB', 'E_METRICS_NAME', `{"${'m'.repeat(10_240)}": 1}\n`),
  metrics('a name with a bar', 'E_METRICS_NAME', '{"a|b": 1}\n'),
  predictions('predictions without scores', 'E_TABLE_COLUMN', 'row_id,fold\nr0,0\n'),
  predictions(
    'predictions for half of the rows',
    'E_EVALUATE_ROWS',
    scores(() => '0.5', ids.slice(100)),
  ),
  predictions(
    'predictions of a row twice',
    'E_EVALUATE_ROWS',
    scores(() => '0.5', [...ids, 'r0']),
  ),
  predictions(
    'predictions for other rows',
    'E_EVALUATE_ROWS',
    scores(
      () => '0.5',
      ids.map((id) => `x${id}`),
    ),
  ),
  predictions(
    'predictions beyond 1',
    'E_EVALUATE_ROWS',
    scores((_, row) => (row === 7 ? '1.5' : '0.5')),
  ),
  predictions(
    'predictions that are missing',
    'E_EVALUATE_ROWS',
    scores((_, row) => (row === 7 ? '' : '0.5')),
  ),
  predictions(
    'predictions as words',
    'E_EVALUATE_ROWS',
    scores(() => 'likely'),
  ),
  rows('rows without the target', 'E_TABLE_COLUMN', rewrite('1s/late/lateness/')),
  rows('rows without their ids', 'E_TABLE_COLUMN', rewrite('1s/^id/key/')),
  rows('rows with an id twice', 'E_EVALUATE_ROWS', rewrite('s/^r1,/r0,/')),
  rows('a third class', 'E_EVALUATE_TARGET', rewrite('3s/,no$/,maybe/')),
];

/** A category it does not know makes ONNX Runtime throw. */
function throwing(): Uint8Array {
  return toyModel({ unknown: 'error', carriers: ['', 'AA'] });
}
