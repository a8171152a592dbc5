import type { TreeFeature } from './boosting.ts';
import { applyLevels, type FitContext, fitCategory, type LevelMap } from './category-levels.ts';
import { type DatePart, type DateUse, datePartsOf, isDate, learnableParts } from './date-parts.ts';
import type { RawInput, RawValues } from './inputs.ts';

/** The hour is left to `time`: trees cut minutes of the day wherever it pays. */
const treeDateParts = ['year', 'month', 'day', 'weekday', 'time', 'minute', 'days'] as const;

/** One column of the matrix that the trees see; `input` is the raw column's place. */
export type FeaturePlan =
  | { readonly kind: 'number'; readonly input: number }
  | { readonly kind: 'levels'; readonly input: number; readonly map: LevelMap; readonly guarded: boolean }
  | { readonly kind: 'date'; readonly input: number; readonly part: DatePart };

export interface FittedFeatures {
  readonly plans: readonly FeaturePlan[];
  /** The training rows' features, target statistics out of fold. */
  readonly training: readonly TreeFeature[];
  readonly notes: readonly string[];
}

/** Decides the features from the training rows; what cannot tell rows apart is left out, with a note. */
export function fitTreeFeatures(
  inputs: readonly RawInput[],
  values: readonly RawValues[],
  context: FitContext,
): FittedFeatures {
  const plans: FeaturePlan[] = [];
  const training: TreeFeature[] = [];
  const notes: string[] = [];
  inputs.forEach(({ kind, name }, input) => {
    const raw = values[input]!;
    const before = plans.length;
    if (raw.kind === 'number') {
      if (varies(raw.values)) {
        plans.push({ kind: 'number', input });
        training.push({ values: raw.values, levels: 0 });
      }
    } else if (kind === 'date') {
      const parts = datePartsOf(raw.values);
      const { parts: learnable } = learnableParts(raw.values, context.dates);
      for (const part of treeDateParts) {
        if (!learnable.has(part) || !varies(parts[part])) continue;
        plans.push({ kind: 'date', input, part });
        training.push({ values: parts[part], levels: 0 });
      }
      notes.push(...dateNotes(name, raw.values, context.dates));
    } else {
      for (const fitted of fitCategory(raw.values, context)) {
        plans.push({ kind: 'levels', input, map: fitted.map, guarded: context.unknown === 'error' });
        training.push({ values: fitted.values, levels: fitted.levels });
      }
    }
    if (plans.length === before) notes.push(leftOutNote(name, raw));
  });
  if (plans.length === 0) {
    // A graph needs a column to take its number of rows from, even if every tree is a single leaf.
    const plan: FeaturePlan = placeholder(inputs[0]!);
    plans.push(plan);
    training.push({ values: applyTreeFeatures([plan], values)[0]!, levels: 0 });
  }
  return { plans, training, notes };
}

const placeholder = ({ kind }: RawInput): FeaturePlan =>
  kind === 'number'
    ? { kind: 'number', input: 0 }
    : {
        kind: 'levels',
        input: 0,
        map: { levels: [''], values: new Float32Array(1), other: 0 },
        guarded: false,
      };

/** The features of any rows, as the graph computes them. */
export const applyTreeFeatures = (
  plans: readonly FeaturePlan[],
  values: readonly RawValues[],
): Float32Array[] => {
  const dates = new Map<number, Record<DatePart, Float32Array>>();
  return plans.map((plan) => {
    const raw = values[plan.input]!;
    if (plan.kind === 'number') return raw.values as Float32Array;
    const texts = raw.values as readonly string[];
    if (plan.kind === 'levels') return applyLevels(plan.map, texts);
    if (!dates.has(plan.input)) dates.set(plan.input, datePartsOf(texts));
    return dates.get(plan.input)![plan.part];
  });
};

/** Two different values, or some missing and some not. */
export function varies(values: Float32Array): boolean {
  const first = values[0]!;
  return values.some((value) => value !== first && !(Number.isNaN(value) && Number.isNaN(first)));
}

export function dateNotes(name: string, texts: readonly string[], use: DateUse): string[] {
  const bad = texts.filter((text) => text !== '' && !isDate(text)).length;
  const { parts, days } = learnableParts(texts, use);
  const left = [
    ...(parts.has('month') ? [] : ['month']),
    ...(parts.has('day') ? [] : ['day of the month']),
    ...(parts.has('weekday') ? [] : ['weekday']),
  ];
  return [
    ...(bad === 0
      ? []
      : [`${name}: ${bad} of ${texts.length} values are no ISO 8601 dates and count as missing`]),
    ...(left.length === 0 || days === 0
      ? []
      : [`${name}: ${left.join(' and ')} not used, ${days} days of training rows don't span it twice`]),
  ];
}

export function leftOutNote(name: string, raw: RawValues): string {
  const isMissing = (value: number | string) => value === '' || Number.isNaN(value);
  const values = raw.values as readonly (number | string)[];
  if (values.every(isMissing)) return `${name}: missing in every row, not used`;
  const first = values.find((value) => !isMissing(value));
  return values.every((value) => value === first)
    ? `${name}: the same value in every row, not used`
    : `${name}: no two rows can be told apart or compared by it, not used`;
}
