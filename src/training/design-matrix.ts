import type { Block } from './linear-features.ts';

/**
 * X of a linear model, with a leading column of ones: dense columns, and codes for one-hot blocks, which are
 * never written out. All sums run in row order.
 */
export class DesignMatrix {
  readonly rows: number;
  /** Weights, the intercept first. */
  readonly width: number;
  readonly #blocks: readonly { readonly block: Block; readonly at: number }[];

  constructor(blocks: readonly Block[], rows: number) {
    this.rows = rows;
    let at = 1;
    this.#blocks = blocks.map((block) => {
      const placed = { block, at };
      at += block.kind === 'dense' ? 1 : block.size;
      return placed;
    });
    this.width = at;
  }

  /** X·w: one number a row. */
  times(weights: Float64Array): Float64Array {
    const sums = new Float64Array(this.rows).fill(weights[0]!);
    for (const { block, at } of this.#blocks) {
      if (block.kind === 'dense') {
        const weight = weights[at]!;
        for (let row = 0; row < sums.length; row++) sums[row]! += block.values[row]! * weight;
      } else {
        for (let row = 0; row < sums.length; row++) {
          const code = block.codes[row]!;
          if (code >= 0) sums[row]! += weights[at + code]!;
        }
      }
    }
    return sums;
  }

  /** Xᵀ·r: one number a weight. */
  transposedTimes(residuals: Float64Array): Float64Array {
    return this.#gather((row) => residuals[row]!, false);
  }

  /** Diagonal of XᵀHX for row weights h. */
  squares(hessians: Float64Array): Float64Array {
    return this.#gather((row) => hessians[row]!, true);
  }

  #gather(of: (row: number) => number, squared: boolean): Float64Array {
    const result = new Float64Array(this.width);
    for (let row = 0; row < this.rows; row++) result[0]! += of(row);
    for (const { block, at } of this.#blocks) {
      for (let row = 0; row < this.rows; row++) {
        if (block.kind === 'dense') {
          const value = block.values[row]!;
          result[at]! += (squared ? value * value : value) * of(row);
        } else {
          const code = block.codes[row]!;
          if (code >= 0) result[at + code]! += of(row);
        }
      }
    }
    return result;
  }
}
