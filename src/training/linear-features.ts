import { applyLevels, type FitContext, type LevelMap, mostLevels } from './category-levels.ts';
import { type DatePart, datePartsOf, learnableParts } from './date-parts.ts';
import type { RawInput, RawValues } from './inputs.ts';
import { average, countLevels, levelStatistics, outOfFoldStatistics } from './target-statistics.ts';
import { dateNotes, leftOutNote, varies } from './tree-features.ts';

/** float32(value − center) × scale; missing becomes 0, the average. */
export interface Scaling {
  readonly center: number;
  readonly scale: number;
}

/** One block of the design matrix; `input` is the raw column's place. */
export type LinearPlan =
  | { readonly kind: 'number'; readonly input: number; readonly scaling: Scaling }
  | {
      readonly kind: 'date-number';
      readonly input: number;
      readonly part: DatePart;
      readonly scaling: Scaling;
    }
  | {
      readonly kind: 'statistic';
      readonly input: number;
      readonly map: LevelMap;
      readonly guarded: boolean;
      readonly scaling: Scaling;
    }
  /** 1 where the number, or the date, is missing. */
  | { readonly kind: 'missing'; readonly input: number; readonly part: DatePart | null }
  | {
      readonly kind: 'levels';
      readonly input: number;
      readonly levels: readonly string[];
      readonly guarded: boolean;
    }
  | { readonly kind: 'date-levels'; readonly input: number; readonly part: DatePart };

/** What a plan gives for some rows: a column with one weight, or codes with a weight each (−1: none). */
export type Block =
  | { readonly kind: 'dense'; readonly values: Float32Array }
  | { readonly kind: 'codes'; readonly codes: Int32Array; readonly size: number };

/** Cyclic parts have no line through them: they get a weight for each value. */
const dateLevelSizes: Partial<Record<DatePart, number>> = { month: 13, weekday: 7, hour: 24 };
const dateNumbers: readonly DatePart[] = ['year', 'day'];

export interface FittedLinearFeatures {
  readonly plans: readonly LinearPlan[];
  readonly training: readonly Block[];
  readonly notes: readonly string[];
}

/** Decides the blocks from the training rows; what cannot tell rows apart is left out, with a note. */
export function fitLinearFeatures(
  inputs: readonly RawInput[],
  values: readonly RawValues[],
  context: FitContext,
): FittedLinearFeatures {
  const notes: string[] = [];
  const plans = inputs.flatMap((input, place) => {
    const raw = values[place]!;
    const found =
      raw.kind === 'number' ? planNumber(place, raw.values) : planText(input, place, raw.values, context);
    if (input.kind === 'date')
      notes.push(...dateNotes(input.name, raw.values as readonly string[], context.dates));
    if (found.length === 0) notes.push(leftOutNote(input.name, raw));
    return found;
  });
  // A graph needs a column to take its number of rows from, even if only the intercept is learned.
  if (plans.length === 0) plans.push(placeholder(inputs[0]!));
  const outOfFold = (plan: LinearPlan): Block | undefined => {
    if (plan.kind !== 'statistic') return undefined;
    const texts = values[plan.input]!.values as readonly string[];
    const statistics = outOfFoldStatistics(texts, context.labels, context.folds);
    return { kind: 'dense', values: scaled(statistics, plan.scaling) };
  };
  const applied = applyLinearFeatures(plans, values);
  return { plans, training: plans.map((plan, index) => outOfFold(plan) ?? applied[index]!), notes };
}

const placeholder = ({ kind }: RawInput): LinearPlan =>
  kind === 'number'
    ? { kind: 'missing', input: 0, part: null }
    : { kind: 'levels', input: 0, levels: [''], guarded: false };

/** The blocks of any rows, as the graph computes them. */
export function applyLinearFeatures(plans: readonly LinearPlan[], values: readonly RawValues[]): Block[] {
  const dates = new Map<number, Record<DatePart, Float32Array>>();
  const datePart = (input: number, part: DatePart): Float32Array => {
    if (!dates.has(input)) dates.set(input, datePartsOf(values[input]!.values as readonly string[]));
    return dates.get(input)![part];
  };
  return plans.map((plan) => blockOf(plan, values[plan.input]!.values, datePart));
}

function blockOf(
  plan: LinearPlan,
  raw: Float32Array | readonly string[],
  datePart: (input: number, part: DatePart) => Float32Array,
): Block {
  const dense = (values: Float32Array): Block => ({ kind: 'dense', values });
  switch (plan.kind) {
    case 'number':
      return dense(scaled(raw as Float32Array, plan.scaling));
    case 'date-number':
      return dense(scaled(datePart(plan.input, plan.part), plan.scaling));
    case 'statistic':
      return dense(scaled(applyLevels(plan.map, raw as readonly string[]), plan.scaling));
    case 'missing': {
      const source = plan.part === null ? (raw as Float32Array) : datePart(plan.input, plan.part);
      return dense(source.map((value) => (Number.isNaN(value) ? 1 : 0)));
    }
    case 'levels': {
      const places = new Map(plan.levels.map((level, index) => [level, index]));
      const codes = Int32Array.from(raw as readonly string[], (text) => places.get(text) ?? -1);
      return { kind: 'codes', codes, size: plan.levels.length };
    }
    case 'date-levels': {
      const values = datePart(plan.input, plan.part);
      const codes = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : value));
      return { kind: 'codes', codes, size: dateLevelSizes[plan.part]! };
    }
  }
}

function planNumber(input: number, values: Float32Array): LinearPlan[] {
  if (!varies(values)) return [];
  const plans: LinearPlan[] = [];
  const scaling = scalingOf(values);
  if (scaling) plans.push({ kind: 'number', input, scaling });
  if (values.some(Number.isNaN)) plans.push({ kind: 'missing', input, part: null });
  return plans;
}

function planText(
  { kind }: RawInput,
  input: number,
  texts: readonly string[],
  context: FitContext,
): LinearPlan[] {
  return kind === 'date' ? planDate(input, texts, context) : planCategory(input, texts, context);
}

function planDate(input: number, texts: readonly string[], { dates }: FitContext): LinearPlan[] {
  const parts = datePartsOf(texts);
  const { parts: learnable } = learnableParts(texts, dates);
  const plans: LinearPlan[] = dateNumbers.flatMap((part) => {
    const scaling = learnable.has(part) ? scalingOf(parts[part]) : null;
    return scaling ? [{ kind: 'date-number', input, part, scaling } as const] : [];
  });
  for (const part of Object.keys(dateLevelSizes) as DatePart[])
    if (learnable.has(part) && scalingOf(parts[part])) plans.push({ kind: 'date-levels', input, part });
  if (varies(parts.year) && parts.year.some(Number.isNaN))
    plans.push({ kind: 'missing', input, part: 'year' });
  return plans;
}

function planCategory(input: number, texts: readonly string[], context: FitContext): LinearPlan[] {
  const counts = countLevels(texts);
  const guarded = context.unknown === 'error' && texts.some((text) => text !== '');
  if (counts.size < 2 && !guarded) return [];
  if (counts.size <= mostLevels) return [{ kind: 'levels', input, levels: [...counts.keys()], guarded }];
  const keep = (count: number) => guarded || count > 1;
  const { levels, values, prior } = levelStatistics(texts, context.labels, keep);
  if (levels.length === 0) return [];
  const map = { levels, values, other: prior };
  const scaling = scalingOf(applyLevels(map, texts)) ?? { center: prior, scale: 1 };
  return [{ kind: 'statistic', input, map, guarded, scaling }];
}

/** Mean and deviation of what is there; null where that is constant. */
function scalingOf(values: Float32Array): Scaling | null {
  const known = Float64Array.from(values.filter((value) => !Number.isNaN(value)));
  if (known.length === 0 || known.every((value) => value === known[0])) return null;
  const center = Math.fround(average(known));
  const deviation = Math.sqrt(average(known.map((value) => (value - center) * (value - center))));
  return { center, scale: Math.fround(1 / deviation) };
}

const scaled = (values: Float32Array, { center, scale }: Scaling): Float32Array =>
  values.map((value) => (Number.isNaN(value) ? 0 : Math.fround(value - center) * scale));
