import { isDeepStrictEqual } from 'node:util';

type Json = unknown;
interface JsonObject {
  readonly [name: string]: Json;
}

export interface JsonMerge {
  readonly value: Json;
  /** Where both sides changed the same value, as `dependencies › yaml`. */
  readonly conflicts: readonly string[];
}

/** What is decided as one, and who wins where both changed it. */
export interface JsonRules {
  whole(path: readonly string[]): boolean;
  winner(path: readonly string[]): 'yours' | 'release' | 'nobody';
}

/**
 * Three-way merge of JSON by its names, so that neighbouring lines are no conflict. A value that both changed stays
 * yours and is named, unless the rules give it to a side.
 */
export function mergeJson(base: Json, yours: Json, release: Json, rules: JsonRules): JsonMerge {
  const conflicts: string[] = [];
  const merge = (path: readonly string[], before: Json, mine: Json, next: Json): Json => {
    if (isDeepStrictEqual(mine, next) || isDeepStrictEqual(before, next)) return mine;
    if (isDeepStrictEqual(before, mine)) return next;
    if (isObject(mine) && isObject(next) && !rules.whole(path)) {
      const was = isObject(before) ? before : {};
      const pairs = namesOf(mine, next).flatMap((name) => {
        const value = merge([...path, name], own(was, name), own(mine, name), own(next, name));
        return value === undefined ? [] : [[name, value] as const];
      });
      return Object.fromEntries(pairs);
    }
    const winner = rules.winner(path);
    if (winner === 'nobody') conflicts.push(path.join(' › '));
    return winner === 'release' ? next : mine;
  };
  return { value: merge([], base, yours, release), conflicts };
}

/** The release's order; what only yours has comes after, or in between where the release's names are sorted. */
function namesOf(mine: JsonObject, next: JsonObject): string[] {
  const theirs = Object.keys(next);
  const names = [...theirs, ...Object.keys(mine).filter((name) => !Object.hasOwn(next, name))];
  return isDeepStrictEqual(theirs, [...theirs].sort()) ? names.sort() : names;
}

const own = (object: JsonObject, name: string): Json =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
