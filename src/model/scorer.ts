import { readFileSync } from 'node:fs';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Table } from '../data/index.ts';
import { LockstepError } from '../workspace/errors.ts';
import { loadOnnxRuntime } from './natives.ts';
import { checkOnnx } from './onnx-file.ts';
import { runError } from './run-error.ts';
import { chooseOutput } from './score-output.ts';
import { feedInput, graphInputs } from './scorer-inputs.ts';

/** A raw column that the model takes. */
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
  const inputs = graphInputs(info, file);
  const output = chooseOutput(info.outputs, file);
  const { InferenceSession, Tensor } = loadOnnxRuntime(options.workspace);
  const session = await openSession(InferenceSession, bytes, file);

  const scoreBatch = async (table: Table, from: number, to: number): Promise<ArrayLike<number>> => {
    const feeds: Record<string, Tensor> = {};
    for (const input of inputs) {
      const { type, data } = feedInput(input, table, from, to);
      const shape = [to - from, input.columns.length];
      feeds[input.name] = new Tensor(type as 'float32', data as Float32Array, shape);
    }
    try {
      const results = await session.run(feeds, [output]);
      return readScores(results[output]!, to - from);
    } catch (error) {
      throw runError(error, info.metadata, table, from, to, file);
    }
  };

  return {
    inputs: inputs.flatMap(({ columns, type }) => columns.map((name) => ({ name, type }))),
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

/** One number a row, or two class probabilities, of which the second is the positive one's. */
function readScores(tensor: Tensor, rows: number): ArrayLike<number> {
  const data = tensor.data as Float32Array | Float64Array;
  if (data.length === rows) return data;
  if (data.length === 2 * rows) return Float64Array.from({ length: rows }, (_, row) => data[2 * row + 1]!);
  throw new Error(`the output has ${data.length} numbers for ${rows} rows`);
}
