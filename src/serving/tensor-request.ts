import type { InputColumn } from '../model/model-file.ts';
import { nearest } from '../workspace/suggestion.ts';
import { malformed, unacceptable } from './http-error.ts';
import { mostRows, type Row } from './prediction.ts';
import { isObject } from './request-body.ts';

/** Whether a value may stand in the data of a tensor of this datatype; JSON has no NaN, so null is missing. */
const takes: Readonly<Record<string, (value: unknown) => boolean>> = {
  BOOL: (value) => typeof value === 'boolean',
  ...Object.fromEntries([8, 16, 32, 64].map((bits) => [`UINT${bits}`, integersOf(0, 2 ** bits - 1)])),
  ...Object.fromEntries(
    [8, 16, 32, 64].map((bits) => [`INT${bits}`, integersOf(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)]),
  ),
  FP32: isNumberOrMissing,
  FP64: isNumberOrMissing,
  BYTES: (value) => typeof value === 'string',
};

function integersOf(from: number, to: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to;
}

function isNumberOrMissing(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

/**
 * The rows of an Open Inference Protocol v2 request: one tensor of shape [N] or [N, 1] per column, data flat or
 * nested. Errors: HttpError 400 for what breaks the protocol, 422 for too many rows.
 */
export function rowsOfTensors(inputs: readonly InputColumn[], tensors: unknown): Row[] {
  if (!Array.isArray(tensors) || tensors.length === 0) throw malformed('"inputs" is not a list of tensors');
  const columns = new Map<string, readonly unknown[]>();
  for (const tensor of tensors as unknown[]) {
    const { name, data } = readTensor(inputs, tensor);
    if (columns.has(name)) throw malformed(`the input "${name}" comes twice`);
    columns.set(name, data);
  }
  const [first, count] = [...columns].map(([name, data]) => [name, data.length] as const)[0]!;
  for (const [name, data] of columns) {
    if (data.length !== count) {
      throw malformed(`the input "${name}" has ${data.length} rows and "${first}" has ${count}`);
    }
  }
  if (count === 0 || count > mostRows) {
    throw unacceptable(`${count} rows; 1 to ${mostRows} are allowed in a request`);
  }
  const entries = [...columns];
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(entries.map(([name, data]) => [name, data[row]])),
  );
}

function readTensor(inputs: readonly InputColumn[], tensor: unknown): { name: string; data: unknown[] } {
  if (!isObject(tensor) || typeof tensor.name !== 'string') throw malformed('an input without a name');
  const { name, shape, datatype, data } = tensor;
  const input = inputs.find((candidate) => candidate.name === name);
  if (!input) throw unknownInput(inputs, name as string);
  const rows = rowsOfShape(name as string, shape);
  const accepts = acceptedBy(input, datatype);
  if (!Array.isArray(data)) {
    throw malformed(`the input "${name}" has no "data" list; tensors in binary are not taken`);
  }
  const cells = (data as unknown[]).flatMap((cell) => (Array.isArray(cell) ? (cell as unknown[]) : [cell]));
  if (cells.length !== rows) {
    throw malformed(`the input "${name}" has ${cells.length} values for the shape [${String(shape)}]`);
  }
  const wrong = cells.findIndex((cell) => !accepts(cell));
  if (wrong !== -1) {
    const shown = JSON.stringify(cells[wrong])?.slice(0, 60);
    throw malformed(`the input "${name}" has ${shown} at ${wrong}, which is no ${String(datatype)}`);
  }
  return { name: name as string, data: cells };
}

function rowsOfShape(name: string, shape: unknown): number {
  const fits =
    Array.isArray(shape) &&
    shape.every((length) => Number.isInteger(length) && length >= 0) &&
    (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
  if (fits) return shape[0] as number;
  throw malformed(
    `the input "${name}" has the shape ${JSON.stringify(shape) ?? 'of nothing'}, not [N] or [N, 1]`,
  );
}

function acceptedBy({ name, type }: InputColumn, datatype: unknown): (value: unknown) => boolean {
  const accepts =
    typeof datatype === 'string' && Object.hasOwn(takes, datatype) ? takes[datatype] : undefined;
  const isText = type === 'category' || type === 'date';
  if (accepts && isText === (datatype === 'BYTES')) return accepts;
  const wanted = isText
    ? 'BYTES'
    : Object.keys(takes)
        .filter((known) => known !== 'BYTES')
        .join(', ');
  throw malformed(
    `the input "${name}" has the datatype ${JSON.stringify(datatype) ?? 'of nothing'}, not ${wanted}`,
  );
}

function unknownInput(inputs: readonly InputColumn[], name: string): Error {
  const names = inputs.map((input) => input.name);
  const near = nearest(name, names);
  const rule = near ? `did you mean "${near}"?` : `the model takes ${names.slice(0, 20).join(', ')}`;
  return malformed(`unknown input "${name.slice(0, 100)}"; ${rule}`);
}
