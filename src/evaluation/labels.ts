import { type Column, cellText } from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';
import type { Task } from './evaluation.ts';

/**
 * What happened, row by row: 1 for the positive class and 0 for the other, or the target's value.
 * Errors: E_EVALUATE_TARGET for a missing target, text where a number is due, more than two classes, or a
 * positive class that is none of them.
 */
export function labelsOf(target: Column, task: Task, positive?: string): Float64Array {
  return task === 'regression' ? numbersOf(target) : classesOf(target, positive);
}

function numbersOf(target: Column): Float64Array {
  if (target.type !== 'number') {
    throw targetError(target, 'is text', 'numbers, for regression', 'name a number column as the target');
  }
  const missing = target.values.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) throw missingLabel(target, missing);
  return target.values.slice();
}

function classesOf(target: Column, given: string | undefined): Float64Array {
  const rows = target.values.length;
  const texts = Array.from({ length: rows }, (_, row) => cellText(target, row));
  const missing = texts.indexOf(null);
  if (missing >= 0) throw missingLabel(target, missing);
  const classes = [...new Set(texts as string[])].sort();
  const shown = classes.slice(0, 5).join(', ') + (classes.length > 5 ? ', …' : '');
  if (classes.length > 2) {
    throw targetError(
      target,
      `has ${classes.length} values (${shown})`,
      'two, for binary classification',
      'make it two classes in the prepare stage, or say task: regression',
    );
  }
  const positive = given === undefined ? defaultPositive(texts as string[]) : asCell(target, given);
  if (classes.length === 2 && !classes.includes(positive)) {
    throw targetError(
      target,
      `never holds the positive class "${given}"`,
      shown,
      'name one of them as evaluate.positive',
    );
  }
  return Float64Array.from(texts, (text) => (text === positive ? 1 : 0));
}

/** Tables hold true and false as 1 and 0. */
function asCell(target: Column, positive: string): string {
  if (target.type !== 'number') return positive;
  if (/^true$/i.test(positive)) return '1';
  if (/^false$/i.test(positive)) return '0';
  const number = Number(positive);
  return positive.trim() === '' || Number.isNaN(number) ? positive : String(number);
}

/** The class called yes, true or 1, in any case; else the rarer one, of two equals the later by text. */
export function defaultPositive(values: Iterable<string | null>): string {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const classes = [...counts.keys()].sort();
  const named = classes.find((value) => ['yes', 'true', '1'].includes(value.toLowerCase()));
  if (named !== undefined) return named;
  return classes.reduce(
    (rarest, value) =>
      counts.get(value)! <= (counts.get(rarest) ?? Number.POSITIVE_INFINITY) ? value : rarest,
    '',
  );
}

const missingLabel = (target: Column, row: number): LockstepError =>
  targetError(
    target,
    `is missing in row ${row}`,
    'a value in every judged row',
    'leave such rows out in the prepare stage',
  );

function targetError(target: Column, what: string, allowed: string, fix: string): LockstepError {
  return new LockstepError('E_EVALUATE_TARGET', {
    what: `the target "${target.name}" ${what}`,
    allowed,
    fix,
  });
}
