import { createRequire } from 'node:module';

/** As much of TensorFlow.js as the training uses; it is installed by whoever wakes this pipeline. */
export interface TensorFlow {
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  sequential(): Net;
  readonly layers: { dense(options: object): unknown };
  readonly initializers: { glorotUniform(options: { seed: number }): unknown };
  readonly train: { adam(rate: number): unknown };
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
}

export interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

export interface Net {
  add(layer: unknown): void;
  compile(options: object): void;
  fit(x: Tensor, y: Tensor, options: object): Promise<unknown>;
  predict(x: Tensor): Tensor;
  getWeights(): Tensor[];
}

interface Choice {
  /** Packages to load, the last of which is TensorFlow.js itself. */
  readonly packages: readonly string[];
  readonly backend: string;
}

/** Fastest first. The native ones bind libtensorflow; WebAssembly runs everywhere; plain JavaScript always does. */
const choices: readonly Choice[] = [
  { packages: ['@tensorflow/tfjs-node-gpu'], backend: 'tensorflow' },
  { packages: ['@tensorflow/tfjs-node'], backend: 'tensorflow' },
  { packages: ['@tensorflow/tfjs-backend-webgpu', '@tensorflow/tfjs'], backend: 'webgpu' },
  { packages: ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs'], backend: 'wasm' },
  { packages: ['@tensorflow/tfjs'], backend: 'cpu' },
];

const require = createRequire(import.meta.url);

/** TensorFlow.js on the first backend that loads, with what was tried before it and why that didn't. */
export async function openTensorFlow(): Promise<{ tf: TensorFlow; tried: readonly string[] }> {
  const tried: string[] = [];
  for (const { packages, backend } of choices) {
    try {
      const tf = packages.map((name) => require(name) as unknown).at(-1) as TensorFlow;
      if (!(await tf.setBackend(backend))) throw new Error('it does not start');
      await tf.ready();
      return { tf, tried };
    } catch (error) {
      tried.push(`${backend} of ${packages[0]}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(`no TensorFlow.js: npm install @tensorflow/tfjs\n${tried.join('\n')}`);
}
