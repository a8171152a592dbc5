import type { Comparison, Evaluation } from '../evaluation/index.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { ReportInput } from './report-input.ts';

/**
 * A comment can be read by everybody, so it tells values of no column that `model.yaml` does not call public: a slice
 * of another column is named by its number, `origin = value 3 of 24`, the same one everywhere. Numbers, counts and row
 * ids stay. What was numbered once stays as it is.
 */
export function withoutValues(input: ReportInput): ReportInput {
  const open = new Set(input.modelFile.inputs.filter((column) => column.public).map(({ name }) => name));
  const closed = new Map<string, Set<string>>();
  for (const { column, value } of [...input.evaluation.slices, ...(input.comparison?.slices ?? [])]) {
    if (open.has(column)) continue;
    closed.set(column, (closed.get(column) ?? new Set()).add(value));
  }
  const hidden: Hidden = new Map([...closed].map(([column, values]) => [column, numbered(values)]));
  if ([...hidden.values()].every((names) => [...names].every(([value, name]) => value === name)))
    return input;
  const clean = cleaner(hidden);
  const slices = <T extends { readonly column: string; readonly value: string }>(all: readonly T[]): T[] =>
    all.map((slice) => ({ ...slice, value: hidden.get(slice.column)?.get(slice.value) ?? slice.value }));
  return {
    ...input,
    evaluation: { ...input.evaluation, slices: slices(input.evaluation.slices) } satisfies Evaluation,
    comparison:
      input.comparison &&
      ({ ...input.comparison, slices: slices(input.comparison.slices) } satisfies Comparison),
    verdicts: input.verdicts.map(
      (verdict): Verdict => ({
        ...verdict,
        reasons: verdict.reasons.map(clean),
        checks: verdict.checks.map((check) => ({
          ...check,
          id: clean(check.id),
          reason: clean(check.reason),
        })),
      }),
    ),
    notes: [
      ...(input.notes ?? []),
      `values of ${[...closed.keys()].join(', ')} are numbered here: model.yaml does not call ${closed.size === 1 ? 'it' : 'them'} public`,
    ],
  };
}

/** By column, then by value: the name that stands for it. */
type Hidden = ReadonlyMap<string, ReadonlyMap<string, string>>;

const numbered = (values: ReadonlySet<string>): ReadonlyMap<string, string> =>
  new Map([...values].map((value, index) => [value, `value ${index + 1} of ${values.size}`]));

/** Names `column=value` anew wherever a text has it; the longest value that stands there is meant. */
function cleaner(hidden: Hidden): (text: string) => string {
  const columns = [...hidden].map(([column, names]) => ({
    start: `${column}=`,
    names,
    lengths: [...new Set([...names.keys()].map(({ length }) => length))]
      .filter((length) => length > 0)
      .sort((a, b) => b - a),
  }));
  return (text) =>
    columns.reduce((said, { start, names, lengths }) => {
      const [first, ...rest] = said.split(start);
      const renamed = rest.map((after) => {
        const length = lengths.find((most) => names.has(after.slice(0, most)));
        return length === undefined ? after : names.get(after.slice(0, length))! + after.slice(length);
      });
      return [first, ...renamed].join(start);
    }, text);
}
