import type { BinnedFeature } from './binning.ts';
import { type HistogramLayout, stride } from './histogram.ts';

/** Sums over a leaf's rows. */
export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

export interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  /** One category against the rest, instead of up to and including the bin. */
  readonly equal: boolean;
  readonly missingYes: boolean;
  readonly yes: LeafSums;
}

export interface SplitRules {
  readonly lambda: number;
  readonly minimumRows: number;
}

/** A feature of categories, by rank, may also be split one against the rest. */
export interface SearchFeature extends BinnedFeature {
  readonly categories: boolean;
}

const minimumHessian = 1e-3;
const minimumGain = 1e-10;

/**
 * The best split of a leaf, or null. Gain is G²/(H+λ) of both children less the leaf's (Chen & Guestrin 2016,
 * eq. 7, without the factor ½). Of equal gains the first found wins, so the result depends on nothing else.
 */
export function findSplit(
  histogram: Float64Array,
  features: readonly SearchFeature[],
  layout: HistogramLayout,
  sums: LeafSums,
  rules: SplitRules,
): Split | null {
  const search = new Search(histogram, sums, rules);
  for (let feature = 0; feature < features.length; feature++) {
    const { bins, categories } = features[feature]!;
    const offset = layout.offsets[feature]!;
    const missingRows = histogram[offset + bins * stride + 2]!;
    search.ordered(feature, offset, bins, false, missingRows > 0);
    if (missingRows > 0) search.ordered(feature, offset, bins, true, true);
    if (categories && bins > 2) search.oneAgainstRest(feature, offset, bins);
  }
  return search.best;
}

class Search {
  best: Split | null = null;
  readonly #histogram: Float64Array;
  readonly #sums: LeafSums;
  readonly #rules: SplitRules;
  readonly #leafGain: number;
  #bestGain = minimumGain;

  constructor(histogram: Float64Array, sums: LeafSums, rules: SplitRules) {
    this.#histogram = histogram;
    this.#sums = sums;
    this.#rules = rules;
    this.#leafGain = (sums.gradient * sums.gradient) / (sums.hessian + rules.lambda);
  }

  /** Cuts after each bin, the missing values on the side of `missingYes`; after the last, missing against all. */
  ordered(feature: number, offset: number, bins: number, missingYes: boolean, missing: boolean): void {
    const histogram = this.#histogram;
    const first = offset + bins * stride;
    let gradient = missingYes ? histogram[first]! : 0;
    let hessian = missingYes ? histogram[first + 1]! : 0;
    let rows = missingYes ? histogram[first + 2]! : 0;
    const last = missing && !missingYes ? bins : bins - 1;
    for (let bin = 0; bin < last; bin++) {
      const at = offset + bin * stride;
      gradient += histogram[at]!;
      hessian += histogram[at + 1]!;
      rows += histogram[at + 2]!;
      if (rows < this.#rules.minimumRows) continue;
      if (this.#sums.rows - rows < this.#rules.minimumRows) break;
      const gain = this.#gain(gradient, hessian);
      if (gain > this.#bestGain) {
        const yes = { gradient, hessian, rows };
        this.#keep(gain, feature, bin, false, missing ? missingYes : this.#isLarger(rows), yes);
      }
    }
  }

  oneAgainstRest(feature: number, offset: number, bins: number): void {
    const histogram = this.#histogram;
    for (let bin = 0; bin < bins; bin++) {
      const at = offset + bin * stride;
      const rows = histogram[at + 2]!;
      if (rows < this.#rules.minimumRows || this.#sums.rows - rows < this.#rules.minimumRows) continue;
      const gradient = histogram[at]!;
      const hessian = histogram[at + 1]!;
      const gain = this.#gain(gradient, hessian);
      if (gain > this.#bestGain) {
        this.#keep(gain, feature, bin, true, false, { gradient, hessian, rows });
      }
    }
  }

  #gain(gradient: number, hessian: number): number {
    const otherGradient = this.#sums.gradient - gradient;
    const otherHessian = this.#sums.hessian - hessian;
    if (hessian < minimumHessian || otherHessian < minimumHessian) return 0;
    const { lambda } = this.#rules;
    return (
      (gradient * gradient) / (hessian + lambda) +
      (otherGradient * otherGradient) / (otherHessian + lambda) -
      this.#leafGain
    );
  }

  /** Without a missing value to learn from, later ones go with the larger child. */
  #isLarger(rows: number): boolean {
    return rows * 2 > this.#sums.rows;
  }

  #keep(
    gain: number,
    feature: number,
    bin: number,
    equal: boolean,
    missingYes: boolean,
    yes: LeafSums,
  ): void {
    this.#bestGain = gain;
    this.best = { gain, feature, bin, equal, missingYes, yes };
  }
}
