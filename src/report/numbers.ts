import { type Estimate, metricEntry } from '../evaluation/index.ts';
import { amount } from '../workspace/index.ts';

const minus = '−';
const signed = (text: string) => text.replace('-', minus);

/** A metric's value in the digits that mean something: 0.6571, 12.35 ms, 0.42 MB. */
export function metricText(metric: string, value: number): string {
  const unit = metricEntry(metric)?.unit ?? 'target';
  if (unit === 'ms' || unit === 'MB') return `${signed(significant(value, 3))} ${unit}`;
  return signed(unit === 'target' ? significant(value, 5) : value.toFixed(4));
}

/** A difference, always with its sign. Zero to the shown digits has none. */
export function deltaText(metric: string, value: number): string {
  const text = metricText(metric, value);
  if (!/[1-9]/.test(text)) return text.replace(minus, '');
  return value > 0 ? `+${text}` : text;
}

/** `0.6523 – 0.6619`, or nothing where no interval could be given. */
export function intervalText(metric: string, { low, high }: Pick<Estimate, 'low' | 'high'>): string {
  return low === null || high === null ? '' : `${metricText(metric, low)} – ${metricText(metric, high)}`;
}

export const deltaInterval = (metric: string, low: number, high: number): string =>
  `${deltaText(metric, low)} … ${deltaText(metric, high)}`;

function significant(value: number, digits: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(digits - 1);
  const decimals = digits - 1 - Math.floor(Math.log10(size));
  return value.toFixed(Math.max(0, Math.min(size >= 0.01 ? 4 : 8, decimals)));
}

export const countText = (value: number): string => amount(value, 'count');

export const percentText = (share: number, decimals = 1): string => `${(share * 100).toFixed(decimals)} %`;

export const bytesText = (bytes: number): string => amount(bytes, 'bytes');

export function secondsText(seconds: number): string {
  if (seconds < 0.05) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${minutes} min ${Math.round(seconds - minutes * 60)} s`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;
