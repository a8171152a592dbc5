import { cellText, column, type Table } from '../data/index.ts';
import type { Task } from '../model/index.ts';
import { LockstepError } from '../workspace/index.ts';

export interface Labels {
  /** 0 or 1, or the value; NaN where the target is missing. */
  readonly values: Float64Array;
  readonly positive?: string;
}

const affirmative = ['yes', 'true', '1'];

/**
 * The target as numbers. The positive class is the one stated, else `yes`, `true` or `1`, else the rarer
 * (of two equals the later by text), as evaluation chooses it.
 * Errors: E_TABLE_COLUMN, E_TRAIN_DATA (nothing to learn from: no value, one value, three classes, text).
 */
export function readLabels(table: Table, task: Task, target: string, positive?: string): Labels {
  return task === 'regression' ? readValues(table, target) : readClasses(table, target, positive);
}

function readValues(table: Table, target: string): Labels {
  const source = column(table, target);
  if (source.type === 'text' && source.values.some((value) => value !== null))
    throw refusal(`the target "${target}" holds text`, 'a regression predicts a number', {
      fix: 'set `task: binary-classification` in model.yaml, or mend the cells that are no numbers',
    });
  const values = source.type === 'number' ? source.values : new Float64Array(table.rows).fill(Number.NaN);
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) throw allMissing(target);
  if (known.every((value) => value === known[0]))
    throw refusal(`the target "${target}" has one value in all ${known.length} rows`, 'two different values');
  if (known.some((value) => !Number.isFinite(Math.fround(value))))
    throw refusal(`the target "${target}" holds a number beyond ±3.4e38`, 'numbers that float32 can hold', {
      fix: 'rescale the column in the stage before',
    });
  return { values };
}

function readClasses(table: Table, target: string, stated: string | undefined): Labels {
  const source = column(table, target);
  const texts = Array.from({ length: table.rows }, (_, row) => cellText(source, row));
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  if (counts.size === 0) throw allMissing(target);
  if (counts.size === 1)
    throw refusal(`the target "${target}" has one class in all ${table.rows} rows`, 'two classes');
  if (counts.size > 2)
    throw refusal(`the target "${target}" has ${counts.size} classes`, 'two classes', {
      fix: 'name a column of two classes, or set `task: regression` in model.yaml',
    });
  const positive = stated === undefined ? likelyPositive(counts) : spelled(stated, counts);
  if (!counts.has(positive))
    throw refusal(
      `the positive class "${positive}" is not among the target's classes`,
      [...counts.keys()].sort().join(' or '),
      {
        fix: 'correct `evaluate.positive` in pipeline.yaml',
      },
    );
  return {
    values: Float64Array.from(texts, (text) => (text === null ? Number.NaN : text === positive ? 1 : 0)),
    positive,
  };
}

function likelyPositive(counts: ReadonlyMap<string, number>): string {
  const names = [...counts.keys()].sort();
  const rarer = counts.get(names[0]!)! < counts.get(names[1]!)! ? names[0]! : names[1]!;
  return names.find((name) => affirmative.includes(name.toLowerCase())) ?? rarer;
}

/** A column of `true` and `false` is read as 1 and 0; what people wrote still names it. */
function spelled(stated: string, counts: ReadonlyMap<string, number>): string {
  if (counts.has(stated)) return stated;
  const number = { true: '1', false: '0' }[stated.toLowerCase()] ?? String(Number(stated));
  return counts.has(number) ? number : stated;
}

const allMissing = (target: string): LockstepError =>
  refusal(`the target "${target}" is missing in every row`, 'a target in at least two rows');

function refusal(what: string, allowed: string, { fix = 'name another column as `evaluate.target`' } = {}) {
  return new LockstepError('E_TRAIN_DATA', { what, allowed, fix });
}
