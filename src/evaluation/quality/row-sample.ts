const mostCells = 2 ** 23;

/** How many rows are kept of a table of so many columns: every quantile is exact up to here. */
export const sampleSize = (columns: number): number =>
  Math.max(1000, Math.min(2 ** 18, Math.floor(mostCells / Math.max(1, columns))));

/**
 * Which rows are kept, the same for all columns: all of them while they fit, then a uniform sample (Vitter's
 * Algorithm R) from a fixed seed, so that equal tables give equal samples.
 */
export class RowSample {
  readonly size: number;
  #seen = 0;
  #state = 0x9e3779b9;

  constructor(size: number) {
    this.size = size;
  }

  /** Rows in the sample. */
  get rows(): number {
    return Math.min(this.#seen, this.size);
  }

  get exact(): boolean {
    return this.#seen <= this.size;
  }

  /** The place of each of the next rows; -1 for a row that is not kept. A later row may take the place of an earlier. */
  places(rows: number): Int32Array {
    const places = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const seen = this.#seen++;
      const place = seen < this.size ? seen : Math.floor(this.#random() * (seen + 1));
      places[row] = place < this.size ? place : -1;
    }
    return places;
  }

  /** Mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}

/** One number a place, NaN where there is none; grows as places are filled. */
export class SampledColumn {
  values = new Float64Array(0);

  set(place: number, value: number): void {
    if (place >= this.values.length) {
      if (Number.isNaN(value)) return;
      const longer = new Float64Array(Math.max(1024, 2 ** Math.ceil(Math.log2(place + 1)))).fill(Number.NaN);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[place] = value;
  }

  at(place: number): number {
    return place < this.values.length ? this.values[place]! : Number.NaN;
  }

  /** The numbers that are there, ascending. */
  sorted(): Float64Array {
    return this.values.filter((value) => !Number.isNaN(value)).sort();
  }
}

/** By linear interpolation between the two nearest (type 7 of Hyndman and Fan 1996); NaN of nothing. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (high - low) * (place - below);
}
