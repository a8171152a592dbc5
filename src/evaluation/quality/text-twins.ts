import { type Hash, hashText } from './cell-hash.ts';

const functions = 64;
const bands = 16;
const perBand = functions / bands;
const words = 3;
const alike = 0.8;
const mostTexts = 20_000;
const mostBucket = 50;

/** A text that is nearly one that came before. */
export interface TwinCount {
  readonly part: string;
  readonly other: string;
  count: number;
  readonly rows: number[];
}

interface Kept {
  readonly part: string;
  readonly row: number;
  readonly hash: number;
  readonly signature: Uint32Array;
}

/**
 * Finds texts that are nearly the same: MinHash (Broder 1997) of 64 functions over runs of three words, candidates by
 * 16 bands of 4, taken for twins when at least 80 % of the signature agrees (an estimate of the Jaccard similarity,
 * standard error at most 6 %). Equal texts do not count; the first 20,000 are looked at.
 */
export class TextTwins {
  readonly #texts: Kept[] = [];
  readonly #buckets = new Map<string, number[]>();
  readonly #found = new Map<string, TwinCount>();
  readonly #factors = Uint32Array.from(
    { length: functions },
    (_, at) => Math.imul(at * 2 + 1, 0x9e3779b1) | 1,
  );

  add(part: string, row: number, text: string): void {
    if (this.#texts.length >= mostTexts) return;
    const shingles = shinglesOf(text);
    if (shingles.length === 0) return;
    const signature = this.#sign(shingles);
    const scratch: Hash = { low: 0, high: 0 };
    hashText(text, scratch);
    const own: Kept = { part, row, hash: scratch.low, signature };
    const candidates = new Set<number>();
    for (let band = 0; band < bands; band++) {
      const key = `${band}:${signature.subarray(band * perBand, (band + 1) * perBand).join()}`;
      const bucket = this.#buckets.get(key);
      if (!bucket) this.#buckets.set(key, [this.#texts.length]);
      else {
        for (const candidate of bucket) candidates.add(candidate);
        if (bucket.length < mostBucket) bucket.push(this.#texts.length);
      }
    }
    this.#texts.push(own);
    const others = new Set<string>();
    for (const candidate of candidates) {
      const other = this.#texts[candidate]!;
      if (other.hash === own.hash || others.has(other.part) || agreement(own, other) < alike) continue;
      others.add(other.part);
      this.#note(own, other);
    }
  }

  twins(): TwinCount[] {
    return [...this.#found.values()];
  }

  #note(own: Kept, other: Kept): void {
    const key = JSON.stringify([own.part, other.part]);
    let found = this.#found.get(key);
    if (!found) {
      found = { part: own.part, other: other.part, count: 0, rows: [] };
      this.#found.set(key, found);
    }
    found.count++;
    if (found.rows.length < 5) found.rows.push(own.row);
  }

  #sign(shingles: readonly number[]): Uint32Array {
    const signature = new Uint32Array(functions).fill(0xffffffff);
    for (const shingle of shingles) {
      for (let at = 0; at < functions; at++) {
        let value = Math.imul(shingle ^ (shingle >>> 15), this.#factors[at]!);
        value = (value ^ (value >>> 13)) >>> 0;
        if (value < signature[at]!) signature[at] = value;
      }
    }
    return signature;
  }
}

function shinglesOf(text: string): number[] {
  const parts = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const hash: Hash = { low: 0, high: 0 };
  const found = new Set<number>();
  for (let at = 0; at + words <= parts.length; at++) {
    hashText(parts.slice(at, at + words).join(' '), hash);
    found.add(hash.low);
  }
  return [...found];
}

function agreement(a: Kept, b: Kept): number {
  let same = 0;
  for (let at = 0; at < functions; at++) if (a.signature[at] === b.signature[at]) same++;
  return same / functions;
}
