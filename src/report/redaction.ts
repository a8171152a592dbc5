import type { Comparison, Evaluation } from '../evaluation/index.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { ReportInput } from './report-input.ts';

/**
 * A comment can be read by everybody, so it tells values of no column that `model.yaml` does not call public: a slice
 * of another column is named by its number, `origin = #3`, the same one everywhere. Numbers, counts and row ids stay.
 */
export function withoutValues(input: ReportInput): ReportInput {
  const open = new Set(input.modelFile.inputs.filter((column) => column.public).map(({ name }) => name));
  const hidden = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { column, value } of input.evaluation.slices) {
    const name = `${column}=${value}`;
    if (open.has(column) || hidden.has(name)) continue;
    counts.set(column, (counts.get(column) ?? 0) + 1);
    hidden.set(name, `#${counts.get(column)}`);
  }
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
      `values of ${[...counts.keys()].join(', ')} are numbered here: model.yaml does not call ${counts.size === 1 ? 'it' : 'them'} public`,
    ],
  };
}
