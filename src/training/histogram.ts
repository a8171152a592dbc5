import type { BinnedFeature } from './binning.ts';

/** Per bin: sum of gradients, sum of hessians, rows. */
export const stride = 3;

/** Where each feature's bins begin in a histogram; a feature has one bin more, for missing values. */
export interface HistogramLayout {
  readonly offsets: Int32Array;
  readonly length: number;
}

export function layoutOf(features: readonly BinnedFeature[]): HistogramLayout {
  const offsets = new Int32Array(features.length);
  let length = 0;
  features.forEach((feature, index) => {
    offsets[index] = length;
    length += (feature.bins + 1) * stride;
  });
  return { offsets, length };
}

/** Histograms are reused from tree to tree: a new one for each leaf would be most of the garbage. */
export class HistogramPool {
  readonly #free: Float64Array[] = [];
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  take(): Float64Array {
    return this.#free.pop()?.fill(0) ?? new Float64Array(this.#length);
  }

  give(histogram: Float64Array): void {
    this.#free.push(histogram);
  }
}

export interface Gradients {
  readonly gradients: Float32Array;
  /** Null where every hessian is 1 (squared error). */
  readonly hessians: Float32Array | null;
}

/** Rows of a leaf are `order[from … to)`. `scratch` holds the leaf's gradients side by side, for the cache. */
export interface LeafRows {
  readonly order: Uint32Array;
  readonly from: number;
  readonly to: number;
}

export interface Scratch {
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
}

/** Adds a leaf's rows to `histogram`, feature by feature and in row order: the sums' order never changes. */
export function fillHistogram(
  histogram: Float64Array,
  features: readonly BinnedFeature[],
  layout: HistogramLayout,
  { gradients, hessians }: Gradients,
  { order, from, to }: LeafRows,
  scratch: Scratch,
): void {
  const rows = to - from;
  const leafOrder = order.subarray(from, to);
  const leafGradients = scratch.gradients;
  const leafHessians = scratch.hessians;
  for (let k = 0; k < rows; k++) leafGradients[k] = gradients[leafOrder[k]!]!;
  if (hessians) for (let k = 0; k < rows; k++) leafHessians[k] = hessians[leafOrder[k]!]!;
  for (let feature = 0; feature < features.length; feature++) {
    const { codes, bins } = features[feature]!;
    const offset = layout.offsets[feature]!;
    if (hessians) addBoth(histogram, offset, codes, leafOrder, leafGradients, leafHessians, rows);
    else addGradients(histogram, offset, codes, leafOrder, leafGradients, rows, bins);
  }
}

function addBoth(
  histogram: Float64Array,
  offset: number,
  codes: Uint8Array,
  order: Uint32Array,
  gradients: Float32Array,
  hessians: Float32Array,
  rows: number,
): void {
  for (let k = 0; k < rows; k++) {
    const at = offset + codes[order[k]!]! * stride;
    histogram[at]! += gradients[k]!;
    histogram[at + 1]! += hessians[k]!;
    histogram[at + 2]! += 1;
  }
}

function addGradients(
  histogram: Float64Array,
  offset: number,
  codes: Uint8Array,
  order: Uint32Array,
  gradients: Float32Array,
  rows: number,
  bins: number,
): void {
  for (let k = 0; k < rows; k++) {
    const at = offset + codes[order[k]!]! * stride;
    histogram[at]! += gradients[k]!;
    histogram[at + 2]! += 1;
  }
  for (let bin = 0; bin <= bins; bin++) {
    const at = offset + bin * stride;
    histogram[at + 1] = histogram[at + 2]!;
  }
}

/** The larger child's histogram is the parent's less the smaller child's; it takes the parent's place. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}
