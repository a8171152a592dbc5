import { type Estimate, normalQuantile } from '../evaluation/index.ts';

const z = normalQuantile(0.975);

/** A share with Wilson's score interval, 95 % (Wilson 1927, JASA 22, p. 209). Null for no rows. */
export function shareOf(yes: number, rows: number): Estimate | null {
  if (rows === 0) return null;
  const value = yes / rows;
  const scale = 1 + z ** 2 / rows;
  const middle = (value + z ** 2 / (2 * rows)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / rows + z ** 2 / (4 * rows ** 2));
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** A mean with its normal 95 % interval. Null for no rows, no interval for one. */
export function meanOf(values: Float64Array): Estimate | null {
  const rows = values.length;
  if (rows === 0) return null;
  const value = values.reduce((all, one) => all + one, 0) / rows;
  if (rows < 2) return { value, low: null, high: null };
  const variance = values.reduce((all, one) => all + (one - value) ** 2, 0) / (rows - 1);
  const half = z * Math.sqrt(variance / rows);
  return { value, low: value - half, high: value + half };
}
