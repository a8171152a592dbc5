/** A feature cut into bins: code b holds values in (cuts[b-1], cuts[b]]; the code after the last bin is missing. */
export interface BinnedFeature {
  readonly codes: Uint8Array;
  readonly cuts: Float32Array;
  /** Bins without the one for missing values: cuts.length + 1. */
  readonly bins: number;
}

/**
 * Cuts float32 values at midpoints between neighbours, or, where more values than bins exist, between
 * quantiles. `bins` counts the one for missing values (256 = one byte a row).
 */
export function binFeature(values: Float32Array, bins: number): BinnedFeature {
  const cuts = cutsOf(values, bins - 1);
  const missing = cuts.length + 1;
  const codes = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    codes[row] = Number.isNaN(value) ? missing : binOf(cuts, value);
  }
  return { codes, cuts, bins: missing };
}

function cutsOf(values: Float32Array, most: number): Float32Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
  if (distinct.length <= most)
    return Float32Array.from({ length: Math.max(distinct.length - 1, 0) }, (_, index) =>
      between(distinct[index]!, distinct[index + 1]!),
    );
  const last = sorted[sorted.length - 1]!;
  const cuts: number[] = [];
  for (let quantile = 1; quantile < most; quantile++) {
    const index = Math.floor((quantile * sorted.length) / most);
    const cut = between(sorted[index - 1]!, sorted[index]!);
    if (cut < last && (cuts.length === 0 || cut > cuts[cuts.length - 1]!)) cuts.push(cut);
  }
  return Float32Array.from(cuts);
}

/** A float32 that is at least `low` and below `high`, unless they are equal. */
function between(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle < high ? middle : low;
}

/** The first bin whose cut is not below the value. */
function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
