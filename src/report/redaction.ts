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
  const hidden = new Map<string, string>();
  for (const [column, values] of closed)
    [...values].forEach((value, index) => {
      const number = `value ${index + 1} of ${values.size}`;
      if (value !== number) hidden.set(`${column}=${value}`, number);
    });
  if (hidden.size === 0) return input;
  const words = [...hidden].sort(([a], [b]) => b.length - a.length);
  const clean = (text: string): string =>
    words.reduce(
      (said, [name, number]) => said.replaceAll(name, `${name.slice(0, name.indexOf('='))}=${number}`),
      text,
    );
  const slices = <T extends { readonly column: string; readonly value: string }>(all: readonly T[]): T[] =>
    all.map((slice) => ({ ...slice, value: hidden.get(`${slice.column}=${slice.value}`) ?? slice.value }));
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
