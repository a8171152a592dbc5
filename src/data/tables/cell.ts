/** The texts that mean "missing" in a CSV, and the grammar of its numbers. */
const missing: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?']);
const longestMissing = 4;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const integer = /^[+-]?\d+$/;

export const isMissing = (text: string): boolean => text.length <= longestMissing && missing.has(text);

/**
 * The number a cell holds: NaN when it is missing, 1 and 0 for true and false in any case, undefined when the
 * cell is text. Integers beyond 2^53 are text, since a number would not give them back.
 */
export function numberOf(text: string): number | undefined {
  if (isMissing(text)) return Number.NaN;
  if (decimal.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) return undefined;
    return integer.test(text) && !Number.isSafeInteger(value) ? undefined : value;
  }
  if (text.length === 4 && text.toLowerCase() === 'true') return 1;
  return text.length === 5 && text.toLowerCase() === 'false' ? 0 : undefined;
}
