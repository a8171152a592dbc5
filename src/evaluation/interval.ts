import type { Estimate } from './evaluation.ts';
import { metricEntry, type Scale } from './metric-catalogue.ts';
import { normalProbability, normalQuantile, z95 } from './normal.ts';

interface Transform {
  readonly to: (value: number) => number;
  readonly from: (value: number) => number;
  /** Derivative of `to`: the delta method multiplies standard errors by it. */
  readonly slope: (value: number) => number;
}

const transforms: Readonly<Record<Scale, Transform>> = {
  identity: { to: (x) => x, from: (x) => x, slope: () => 1 },
  log: { to: Math.log, from: Math.exp, slope: (x) => 1 / x },
  logit: {
    to: (x) => Math.log(x / (1 - x)),
    from: (x) => 1 / (1 + Math.exp(-x)),
    slope: (x) => 1 / (x * (1 - x)),
  },
  'log-complement': {
    to: (x) => -Math.log(1 - x),
    from: (x) => 1 - Math.exp(-x),
    slope: (x) => 1 / (1 - x),
  },
};

export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

/** 95 % interval of a value with this standard error, symmetric on the scale (delta method). */
export function intervalOn(scale: Scale, value: number, standardError: number): Interval {
  if (!Number.isFinite(standardError)) return { low: null, high: null };
  if (standardError === 0) return { low: value, high: value };
  const { to, from, slope } = transforms[scale];
  const middle = to(value);
  const reach = z95 * standardError * slope(value);
  // At the end of a scale (an AUC of 1, a loss of 0) the transform is infinite and says nothing.
  if (!Number.isFinite(middle) || !Number.isFinite(reach)) return { low: null, high: null };
  return { low: from(middle - reach), high: from(middle + reach) };
}

/** Score interval of a share of `successes` in `trials`. Source: Wilson 1927. */
export function wilson(successes: number, trials: number, z = z95): { low: number; high: number } {
  const share = successes / trials;
  const square = (z * z) / trials;
  const middle = (share + square / 2) / (1 + square);
  const reach = (z * Math.sqrt((share * (1 - share) + square / 4) / trials)) / (1 + square);
  // Rounding must not push a bound past a share of 0 or 1.
  return {
    low: successes === 0 ? 0 : Math.min(share, middle - reach),
    high: successes === trials ? 1 : Math.max(share, middle + reach),
  };
}

/**
 * One-sided bound of a metric at a confidence, taken from its 95 % interval: the way from the value to the
 * interval's end is scaled by the ratio of normal quantiles, on the metric's own scale. At 0.975 it is the
 * interval's end exactly. Null when the metric has no interval.
 */
export function boundAt(
  metric: string,
  estimate: Estimate,
  side: 'low' | 'high',
  confidence: number,
): number | null {
  const end = estimate[side];
  if (end === null || end === estimate.value || confidence === 0.975) return end;
  const share = normalQuantile(confidence) / z95;
  const { to, from } = transforms[metricEntry(metric)?.scale ?? 'identity'];
  const bound = from(to(estimate.value) + share * (to(end) - to(estimate.value)));
  if (Number.isFinite(bound)) return bound;
  return estimate.value + share * (end - estimate.value);
}

/**
 * The confidence at which `boundAt` reaches a limit: how sure the data make it that the metric lies above the
 * limit (from its lower bound) or below it (from its upper bound). 0 and 1 where there is no uncertainty; null
 * when the metric has no interval.
 */
export function confidenceBeyond(
  metric: string,
  estimate: Estimate,
  limit: number,
  side: 'above' | 'below',
): number | null {
  const end = side === 'above' ? estimate.low : estimate.high;
  if (end === null) return null;
  const { value } = estimate;
  if (end === value) return (side === 'above' ? value > limit : value < limit) ? 1 : 0;
  const { to } = transforms[metricEntry(metric)?.scale ?? 'identity'];
  const share = (to(value) - to(limit)) / (to(value) - to(end));
  return normalProbability(z95 * (Number.isNaN(share) ? (value - limit) / (value - end) : share));
}
