import { readFileSync } from 'node:fs';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Table } from '../data/index.ts';
import { LockstepError } from '../workspace/errors.ts';
import { loadOnnxRuntime } from './natives.ts';
import { checkOnnx, type OnnxInfo } from './onnx-file.ts';
import { runError } from './run-error.ts';
import { chooseOutput } from './score-output.ts';
import { type ElementType, feedOf, inputColumn } from './tensors.ts';

export interface ScorerInput {
  readonly name: string;
  readonly type: 'float' | 'string' | 'int64';
}

/** An open model. Inference runs on the calling thread and blocks it: use a process of its own. */
export interface Scorer {
  readonly inputs: readonly ScorerInput[];
  /** What the trainer wrote beside the graph. */
  readonly metadata: Readonly<Record<string, string>>;
  /** One score a row, in row order; batches of at most 4,096 rows. Errors: E_MODEL_INPUT, E_MODEL_RUN. */
  score(table: Table): Promise<Float64Array>;
  /** Gives the memory back, which garbage collection does not. */
  release(): Promise<void>;
}

export interface ScorerOptions {
  /** Where to look for onnxruntime-node first; null: only beside this program. */
  readonly workspace?: string | null;
  /** Name of the model in messages. */
  readonly file?: string;
}

const mostRows = 4096;

/** Opens an ONNX model after looking at its bytes. Errors: those of `checkOnnx`, E_MODEL_INPUT, E_NATIVE_MISSING. */
export async function openScorer(model: string | Uint8Array, options: ScorerOptions = {}): Promise<Scorer> {
  const file = options.file ?? (typeof model === 'string' ? model : 'model.onnx');
  const bytes = typeof model === 'string' ? readModel(model, file) : model;
  const info = checkOnnx(bytes, file);
  const inputs = info.inputs.map((input) => graphInput(input, file));
  const output = chooseOutput(info.outputs, file);
  const { InferenceSession, Tensor } = loadOnnxRuntime(options.workspace);
  const session = await openSession(InferenceSession, bytes, file);

  const scoreBatch = async (table: Table, from: number, to: number): Promise<ArrayLike<number>> => {
    const feeds: Record<string, Tensor> = {};
    for (const { name, element } of inputs) {
      const feed = feedOf(inputColumn(table, name), element, from, to);
      feeds[name] = new Tensor(feed.type as 'float32', feed.data as Float32Array, [to - from, 1]);
    }
    try {
      const results = await session.run(feeds, [output]);
      return readScores(results[output]!, to - from);
    } catch (error) {
      throw runError(error, info.metadata, table, from, to, file);
    }
  };

  return {
    inputs: inputs.map(({ name, type }) => ({ name, type })),
    metadata: info.metadata,
    async score(table) {
      const scores = new Float64Array(table.rows);
      for (let from = 0; from < table.rows; from += mostRows) {
        const to = Math.min(table.rows, from + mostRows);
        scores.set(await scoreBatch(table, from, to), from);
      }
      return scores;
    },
    release: () => session.release(),
  };
}

function readModel(path: string, file: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new LockstepError('E_MODEL_FORMAT', {
      what: `cannot read the model (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
      where: { file },
      allowed: 'an ONNX file',
      cause,
    });
  }
}

async function openSession(
  runtime: typeof InferenceSession,
  bytes: Uint8Array,
  file: string,
): Promise<InferenceSession> {
  try {
    // One thread: two on a busy machine of two cores make the slowest answers many times slower.
    return await runtime.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new LockstepError('E_MODEL_FORMAT', {
      what: `ONNX Runtime does not take the model: ${(cause as Error).message}`,
      where: { file },
      allowed: 'an ONNX model that ONNX Runtime 1.30 can load',
      cause,
    });
  }
}

const elements: Readonly<Record<string, { type: ScorerInput['type']; element: ElementType }>> = {
  float: { type: 'float', element: 'float32' },
  double: { type: 'float', element: 'float64' },
  string: { type: 'string', element: 'string' },
  int64: { type: 'int64', element: 'int64' },
};

function graphInput({ name, type, shape }: OnnxInfo['inputs'][number], file: string) {
  const known = type === null ? undefined : elements[type];
  const isColumn = shape.length === 2 && (shape[1] === 1 || shape[1] === null);
  if (known && isColumn) return { name, ...known };
  const found = `${type ?? 'no tensor'} [${shape.map((length) => length ?? 'N').join(', ')}]`;
  throw new LockstepError('E_MODEL_INPUT', {
    what: `the model's input "${name}" is ${found}`,
    where: { file },
    allowed: 'one input per raw column: float, double, int64 or string of shape [N, 1]',
    fix: 'export the feature transforms inside the model, with one input for each column',
  });
}

/** One number a row, or two class probabilities, of which the second is the positive one's. */
function readScores(tensor: Tensor, rows: number): ArrayLike<number> {
  const data = tensor.data as Float32Array | Float64Array;
  if (data.length === rows) return data;
  if (data.length === 2 * rows) return Float64Array.from({ length: rows }, (_, row) => data[2 * row + 1]!);
  throw new Error(`the output has ${data.length} numbers for ${rows} rows`);
}
