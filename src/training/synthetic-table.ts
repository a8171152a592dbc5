import type { Column, Table } from '../data/index.ts';
import type { InputColumn } from '../model/index.ts';

/** A table whose target depends on numbers, a category, a date and what is missing; the same for a seed. */
export function syntheticTable(rows: number, seed: number): Table {
  const random = generator(seed);
  const x1: number[] = [];
  const x2: number[] = [];
  const plan: (string | null)[] = [];
  const town: string[] = [];
  const when: (string | null)[] = [];
  const target: string[] = [];
  const value: number[] = [];
  for (let row = 0; row < rows; row++) {
    const a = random() * 10;
    const b = random() * 2 - 1;
    const c = ['basic', 'plus', 'pro', null][Math.floor(random() * 4)]!;
    const t = Math.floor(random() * 120);
    const hour = Math.floor(random() * 24);
    const month = 1 + Math.floor(random() * 12);
    const score =
      (a > 5 ? 2 : -1) + 3 * b * b + (c === 'pro' ? 2 : c === null ? -1 : 0) + (hour > 16 ? 1 : 0) + (t % 3);
    const noise = random() * 2 - 1;
    x1.push(random() < 0.1 ? Number.NaN : a);
    x2.push(b);
    plan.push(c);
    town.push(`town ${t}`);
    when.push(
      random() < 0.05 ? null : `2024-${two(month)}-${two(1 + (row % 28))}T${two(hour)}:${two(row % 60)}`,
    );
    value.push(1e5 + 1000 * (score + noise));
    target.push(score + noise > 2.5 ? 'yes' : 'no');
  }
  return {
    rows,
    columns: [
      numbers('x1', x1),
      numbers('x2', x2),
      { name: 'plan', type: 'text', values: plan },
      { name: 'town', type: 'text', values: town },
      { name: 'when', type: 'text', values: when },
      numbers('same', new Array(rows).fill(3)),
      { name: 'bought', type: 'text', values: target },
      numbers('value', value),
    ],
  };
}

export const syntheticInputs: readonly InputColumn[] = [
  { name: 'x1', type: 'number' },
  { name: 'x2', type: 'number' },
  { name: 'plan', type: 'category' },
  { name: 'town', type: 'category' },
  { name: 'when', type: 'date' },
  { name: 'same', type: 'number' },
];

/** Uniform in [0, 1): a linear congruential generator, whose sequence no library update changes. */
export function generator(seed: number): () => number {
  let state = (seed * 2 + 1) % 2147483648;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) / 32768;
  };
}

const numbers = (name: string, values: readonly number[]): Column => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});

const two = (value: number): string => String(value).padStart(2, '0');
