import type { Check } from './policy.ts';

/** What a waiver names: `roc_auc at-least 0.6`, `roc_auc not-worse-than baseline [origin=ORD]`. */
export function checkId(check: Check, slice = check.slice): string {
  const rule =
    check['at-least'] !== undefined
      ? `at-least ${check['at-least']}`
      : check['at-most'] !== undefined
        ? `at-most ${check['at-most']}`
        : 'not-worse-than baseline';
  return `${check.metric} ${rule}${slice === undefined ? '' : ` [${slice}]`}${check.from ? ` from ${check.from}` : ''}`;
}

/** Two checks that differ only in margin or confidence are told apart by a number, in the policy's order. */
export function uniqueIds<T extends { readonly id: string }>(results: readonly T[]): T[] {
  const seen = new Map<string, number>();
  return results.map((result) => {
    const count = (seen.get(result.id) ?? 0) + 1;
    seen.set(result.id, count);
    return count === 1 ? result : { ...result, id: `${result.id} #${count}` };
  });
}
