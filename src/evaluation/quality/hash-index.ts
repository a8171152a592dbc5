import { keyOf } from './cell-hash.ts';

/**
 * What was seen before, by hash, each with an integer of the caller's: open addressing in typed arrays, 12 bytes a
 * place. Beyond `most` entries nothing new is taken, so memory is bounded; `full` says so.
 */
export class HashIndex {
  readonly #most: number;
  #keys = new Float64Array(1024);
  #values = new Int32Array(1024);
  size = 0;
  full = false;

  constructor(most = 1 << 22) {
    this.#most = most;
  }

  /** The value at this hash, 0 when it is new; then `next` is kept for it. */
  exchange(low: number, high: number, next: (before: number) => number): number {
    const key = keyOf(low, high);
    let at = this.#find(key);
    if (this.#keys[at] === key) {
      const before = this.#values[at]!;
      this.#values[at] = next(before);
      return before;
    }
    if (this.size >= this.#most) {
      this.full = true;
      return 0;
    }
    if (this.size * 2 > this.#keys.length) {
      this.#grow();
      at = this.#find(key);
    }
    this.size++;
    this.#keys[at] = key;
    this.#values[at] = next(0);
    return 0;
  }

  #find(key: number): number {
    const mask = this.#keys.length - 1;
    let at = key & mask;
    while (this.#keys[at] !== 0 && this.#keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2);
    this.#values = new Int32Array(keys.length * 2);
    for (let from = 0; from < keys.length; from++) {
      if (keys[from] === 0) continue;
      const at = this.#find(keys[from]!);
      this.#keys[at] = keys[from]!;
      this.#values[at] = values[from]!;
    }
  }
}
