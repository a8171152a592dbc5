import { HashIndex } from './hash-index.ts';

const bits = 14;
const registers = 1 << bits;

/**
 * An estimate of how many different hashes were added (HyperLogLog, Flajolet et al. 2007): 16,384 registers, so a
 * standard error of 1.04/√16384 = 0.8 %, with linear counting where most are empty.
 */
export class DistinctEstimate {
  readonly #ranks = new Uint8Array(registers);

  add(low: number, high: number): void {
    const at = low & (registers - 1);
    const rank = Math.clz32(high) + 1;
    if (rank > this.#ranks[at]!) this.#ranks[at] = rank;
  }

  count(): number {
    let sum = 0;
    let empty = 0;
    for (const rank of this.#ranks) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const raw = ((0.7213 / (1 + 1.079 / registers)) * registers * registers) / sum;
    return Math.round(raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw);
  }
}

/** How many different hashes were added: exact up to `most`, then by estimate. */
export class DistinctCount {
  readonly #index: HashIndex;
  readonly #estimate = new DistinctEstimate();

  constructor(most: number) {
    this.#index = new HashIndex(most);
  }

  add(low: number, high: number): void {
    if (!this.#index.full) this.#index.exchange(low, high, one);
    this.#estimate.add(low, high);
  }

  result(): { readonly count: number; readonly exact: boolean } {
    const { size, full } = this.#index;
    return full
      ? { count: Math.max(size, this.#estimate.count()), exact: false }
      : { count: size, exact: true };
  }
}

const one = (): number => 1;
