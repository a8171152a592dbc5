import type { TrainingRows } from './trained-model.ts';

/** Longer lists (names, ids) are left out of the metadata, unless the model refuses what it doesn't know. */
const mostListed = 1000;

/** The categories of the training rows by column, sorted: lets a server name the unknown one. */
export function knownCategories(
  { inputs, values }: TrainingRows,
  unknown: 'ignore' | 'error',
): Record<string, string[]> {
  return Object.fromEntries(
    inputs.flatMap(({ kind, name }, place) => {
      if (kind !== 'category') return [];
      const levels = new Set(values[place]!.values as readonly string[]);
      levels.delete('');
      return unknown === 'ignore' && levels.size > mostListed ? [] : [[name, [...levels].sort()]];
    }),
  );
}
