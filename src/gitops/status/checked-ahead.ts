import { type Envelope, type Trust, verifyAhead } from '../../registry/index.ts';

/** Enough to keep other cores busy while this one looks at as many. */
const batchSize = 64;

/**
 * In batches: while one is looked at, the next is read and the signatures of its envelopes are checked. `claimed` need
 * not say the truth, and may throw: whoever looks at an item verifies it.
 */
export async function* checkedAhead<T>(
  items: AsyncIterable<T> | Iterable<T>,
  claimed: (item: T) => readonly Envelope[],
  trust: Trust,
): AsyncGenerator<readonly T[]> {
  let ahead: { readonly batch: T[]; readonly checked: Promise<void> } | null = null;
  let batch: T[] = [];
  const turn = async (): Promise<readonly T[]> => {
    const before = ahead;
    ahead = { batch, checked: verifyAhead(batch.flatMap(envelopesIn), trust) };
    batch = [];
    await before?.checked;
    return before?.batch ?? [];
  };
  const envelopesIn = (item: T) => {
    try {
      return claimed(item);
    } catch {
      return [];
    }
  };
  for await (const item of items) {
    batch.push(item);
    if (batch.length === batchSize) yield await turn();
  }
  yield await turn();
  yield await turn();
}
