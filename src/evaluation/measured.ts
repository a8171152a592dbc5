import { type Interval, intervalOn } from './interval.ts';
import { type MetricName, metricCatalogue } from './metric-catalogue.ts';

/**
 * One metric on some rows. `influence` gives what each row adds to its error: the metric's influence function
 * at the row over the number of rows, small-sample correction included, so that the squares sum to the
 * variance, and the squares of two models' differences to the variance of their difference.
 * Source: Hampel 1974; the infinitesimal jackknife of Jaeckel 1972.
 */
export interface Measured {
  readonly name: MetricName;
  readonly value: number;
  readonly interval: Interval;
  readonly influence: () => Float64Array;
  /** True when the value is too large by chance, so that only its interval tells how far off it may be. */
  readonly biased?: boolean;
}

/** A metric whose interval comes from its influence. */
export function measured(name: MetricName, value: number, influence: () => Float64Array): Measured {
  const kept = once(influence);
  const interval = intervalOn(metricCatalogue[name].scale, value, standardErrorOf(kept()));
  return { name, value, interval, influence: kept };
}

/** NaN when there are too few rows to tell. */
export function standardErrorOf(influence: Float64Array): number {
  let squares = 0;
  for (const part of influence) squares += part * part;
  return influence.length < 2 ? Number.NaN : Math.sqrt(squares);
}

/** Turns an influence function's values (mean 0) into parts of the error, with n − 1 for n. */
export function shares(values: Float64Array): Float64Array {
  const each = 1 / Math.sqrt(values.length * (values.length - 1));
  return values.map((value) => value * each);
}

export function once<T>(make: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => {
    kept ??= { value: make() };
    return kept.value;
  };
}
