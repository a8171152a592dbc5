import { amount, printable } from '../workspace/index.ts';
import type { Change, Refreshed } from './refresh.ts';

/** What came of one dataset, for people. */
export function refreshedLines(one: Refreshed): string[] {
  if (one.state === 'unchanged') return [`unchanged data/${one.key}`];
  if (one.state === 'failed') return [`failed    data/${one.key}`, `  ${one.error.message}`];
  const [first, ...more] = changeLines(one);
  return [`${one.state.padEnd(9)} ${first}`, ...more];
}

/** A change of one dataset for people: what it is now, where it is from, how its table differs. */
export function changeLines({ before, after, lineage, changes }: Change): string[] {
  const size = amount(after.size, 'bytes');
  const sizes =
    before === null || before.digest === after.digest ? size : `${amount(before.size, 'bytes')}, now ${size}`;
  return [
    `data/${after.key} (${sizes}) ${after.digest}`,
    `  from ${asked(lineage.asked)}${lineage.date === null ? '' : ` of ${lineage.date}`}`,
    ...changes.map((change) => `  ${printable(change, 500)}`),
  ];
}

/** On one line, and not too long a one. */
export const asked = (text: string): string => printable(text.replace(/\s+/g, ' ').trim(), 100);
