import { nearest } from '../workspace/suggestion.ts';
import type { InputColumn } from './model-file.ts';

/** A cell as JSON has it in a request. */
export type RawValue = string | number | boolean | null;
export type RawRow = Readonly<Record<string, RawValue>>;

/** Why a request's row is not taken: the column, and one sentence. */
export interface RowProblem {
  readonly column: string;
  readonly what: string;
}

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const largestFloat = 3.4028234663852886e38;

/**
 * Holds a raw row against model.yaml: no unknown column, the right types, inside the ranges, and missing (null
 * or left out) only where it may be. Null when the row is fine. The same rule chooses golden requests.
 */
export function checkRow(
  inputs: readonly InputColumn[],
  row: Readonly<Record<string, unknown>>,
): RowProblem | null {
  let present = 0;
  for (const input of inputs) {
    const given = Object.hasOwn(row, input.name);
    if (given) present++;
    const what = problemOf(input, given ? row[input.name] : null);
    if (what !== null) return { column: input.name, what };
  }
  return present === Object.keys(row).length ? null : unknownColumn(inputs, row);
}

function unknownColumn(
  inputs: readonly InputColumn[],
  row: Readonly<Record<string, unknown>>,
): RowProblem | null {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(row).find((name) => !names.includes(name));
  if (unknown === undefined) return null;
  const near = nearest(unknown, names);
  const rule = near ? `did you mean "${near}"?` : `the model takes ${names.slice(0, 20).join(', ')}`;
  return { column: unknown, what: `unknown column "${unknown.slice(0, 100)}"; ${rule}` };
}

function problemOf(input: InputColumn, value: unknown): string | null {
  if (value === null || value === undefined || (value === '' && isText(input))) {
    return input.missing === false ? `"${input.name}" is missing and may not be` : null;
  }
  const expected = typeProblem(input, value);
  if (expected !== null) return `"${input.name}" is ${shownValue(value)}, not ${expected}`;
  const { minimum, maximum } = input;
  const number = Number(value);
  if (minimum !== undefined && number < minimum) return `"${input.name}" is ${number}, below ${minimum}`;
  if (maximum !== undefined && number > maximum) return `"${input.name}" is ${number}, above ${maximum}`;
  return null;
}

const isText = ({ type }: InputColumn): boolean => type === 'category' || type === 'date';

/** What the value should have been, or null when it is. */
function typeProblem({ type }: InputColumn, value: unknown): string | null {
  switch (type) {
    case 'number':
      return typeof value === 'number' && Math.abs(value) <= largestFloat ? null : 'a number';
    case 'integer': // Beyond 2^53 an integer travels as text: a JSON number would not give it back.
      return Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{16,18}$/.test(value))
        ? null
        : 'an integer';
    case 'boolean':
      return typeof value === 'boolean' || value === 0 || value === 1 ? null : 'true or false';
    case 'category':
      return typeof value === 'string' ? null : 'a text';
    case 'date':
      return typeof value === 'string' && isoDate.test(value) ? null : 'an ISO 8601 date';
  }
}

const shownValue = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
