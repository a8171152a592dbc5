import type { Table } from '../data/index.ts';
import { LockstepError } from '../workspace/errors.ts';
import { metadataKeys } from './model-metadata.ts';
import type { OnnxInfo, OnnxValue } from './onnx-file.ts';
import { type ElementType, type Feed, feedOf, inputColumn } from './tensors.ts';

/** A graph input and the raw columns it takes: one, or all numbers (or texts) of a wide table. */
export interface GraphInput {
  readonly name: string;
  readonly columns: readonly string[];
  readonly type: 'float' | 'string' | 'int64';
  readonly element: ElementType;
}

const elements: Readonly<Record<string, Pick<GraphInput, 'type' | 'element'>>> = {
  float: { type: 'float', element: 'float32' },
  double: { type: 'float', element: 'float64' },
  string: { type: 'string', element: 'string' },
  int64: { type: 'int64', element: 'int64' },
};

/** Errors: E_MODEL_INPUT for an input that raw columns can't feed. */
export function graphInputs({ inputs, metadata }: OnnxInfo, file: string): GraphInput[] {
  const wide: Readonly<Record<string, readonly string[]>> = {
    numbers: namesIn(metadata[metadataKeys.numbers]),
    texts: namesIn(metadata[metadataKeys.texts]),
  };
  return inputs.map((input) => {
    const { name, type, shape } = input;
    const known = type === null ? undefined : elements[type];
    const names = Object.hasOwn(wide, name) && wide[name]!.length > 0 ? wide[name]! : [name];
    const fits = shape.length === 2 && (shape[1] ?? names.length) === names.length;
    if (known && fits) return { name, columns: names, ...known };
    throw unusable(input, file);
  });
}

function namesIn(text = '[]'): string[] {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : [];
  } catch {
    return [];
  }
}

function unusable({ name, type, shape }: OnnxValue, file: string): LockstepError {
  const found = `${type ?? 'no tensor'} [${shape.map((length) => length ?? 'N').join(', ')}]`;
  return new LockstepError('E_MODEL_INPUT', {
    what: `the model's input "${name}" is ${found}`,
    where: { file },
    allowed: 'one input per raw column: float, double, int64 or string of shape [N, 1]',
    fix: 'export the feature transforms inside the model, with one input for each column',
  });
}

/** The cells of the rows from `from` up to `to`, row by row. Errors: E_MODEL_INPUT. */
export function feedInput({ columns, element }: GraphInput, table: Table, from: number, to: number): Feed {
  const parts = columns.map((name) => feedOf(inputColumn(table, name), element, from, to));
  if (parts.length === 1) return parts[0]!;
  const cell = (index: number) => parts[index % parts.length]!.data[Math.floor(index / parts.length)]!;
  const length = parts.length * (to - from);
  if (element === 'string')
    return { type: element, data: Array.from({ length }, (_, at) => cell(at) as string) };
  const data = new { float32: Float32Array, float64: Float64Array, int64: BigInt64Array }[element](length);
  for (let at = 0; at < length; at++) data[at] = cell(at) as never;
  return { type: element, data } as Feed;
}
