// Trains with TensorFlow.js and writes the net as ONNX, which must say what TensorFlow.js says.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readTable } from 'lockstep/table';
import { openTensorFlow, type Tensor } from './backend.ts';
import { graphOf } from './graph.ts';
import { black, inputsOf, numbers, pixels } from './pixels.ts';

const {
  LOCKSTEP_INPUTS: inputs = '',
  LOCKSTEP_OUTPUTS: outputs = '',
  LOCKSTEP_PARAMS: file = '',
  LOCKSTEP_METRICS: metrics = '',
} = process.env;
const params = JSON.parse(readFileSync(file, 'utf8')) as Record<
  'seed' | 'epochs' | 'hidden' | 'batch' | 'learning-rate',
  number
>;

const { tf, tried } = await openTensorFlow();
for (const line of tried) console.log(`not ${line}`);
console.log(`trains on ${tf.getBackend()}`);

const table = await readTable(join(inputs, 'train.parquet'));
const scans = inputsOf(table);
const x = tf.tensor2d(scans, [table.rows, pixels.length]);
const y = tf.tensor2d(Float32Array.from(numbers(table, 'odd')), [table.rows, 1]);
const initial = (step: number) => tf.initializers.glorotUniform({ seed: params.seed + step });
const net = tf.sequential();
net.add(
  tf.layers.dense({
    units: params.hidden,
    activation: 'relu',
    inputShape: [pixels.length],
    kernelInitializer: initial(0),
  }),
);
net.add(tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: initial(1) }));
net.compile({ optimizer: tf.train.adam(params['learning-rate']), loss: 'binaryCrossentropy' });
await net.fit(x, y, {
  epochs: params.epochs,
  batchSize: params.batch,
  // The rows come in the order of a hash; to shuffle again would take numbers that no seed decides.
  shuffle: false,
  verbose: 0,
  callbacks: {
    onEpochEnd: (step: number, { loss }: { loss: number }) =>
      appendFileSync(metrics, `${JSON.stringify({ step: step + 1, loss })}\n`),
  },
});

const values = await Promise.all(net.getWeights().map((weight: Tensor) => weight.data()));
const [kernel, bias, lastKernel, lastBias] = values as [
  Float32Array,
  Float32Array,
  Float32Array,
  Float32Array,
];
const bytes = graphOf([
  { weights: kernel, bias },
  { weights: lastKernel, bias: lastBias },
]);
await checkParity(bytes, await net.predict(x).data());
writeFileSync(join(outputs, 'model.onnx'), bytes);

/** ONNX Runtime and TensorFlow.js must agree on the training rows, or what is judged is not what was trained. */
async function checkParity(model: Uint8Array, expected: Float32Array): Promise<void> {
  const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');
  const session = await ort.InferenceSession.create(model);
  const feeds = Object.fromEntries(
    pixels.map((name, place) => {
      const values = Float32Array.from(
        { length: table.rows },
        (_, row) => scans[row * pixels.length + place]! * black,
      );
      return [name, new ort.Tensor('float32', values, [table.rows, 1])];
    }),
  );
  const { score } = await session.run(feeds);
  const found = score!.data as Float32Array;
  const apart = Math.max(...expected.map((value, row) => Math.abs(value - found[row]!)));
  await session.release();
  if (!(apart < 1e-5)) throw new Error(`ONNX Runtime and TensorFlow.js are ${apart} apart`);
  console.log(`ONNX Runtime and TensorFlow.js are at most ${apart.toExponential(1)} apart`);
}
