import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tools } from '../suite.ts';

/** Prometheus' own grammar of its queries, and what it needs. */
export const promqlPackages = [
  '@prometheus-io/lezer-promql@0.315.0',
  '@lezer/common@1.5.5',
  '@lezer/highlight@1.2.5',
  '@lezer/lr@1.4.12',
];

interface Parser {
  parse(text: string): {
    iterate(visit: { enter(node: { type: { isError: boolean }; from: number }): void }): void;
  };
}

/** Gives a function that resolves where a query is none: offsets in its text. */
export async function openPromql({ modules }: Tools): Promise<(query: string) => number[]> {
  const folder = join(modules, '@prometheus-io/lezer-promql');
  const { module } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { module: string };
  const { parser } = (await import(pathToFileURL(join(folder, module)).href)) as { parser: Parser };
  return (query) => {
    const faults: number[] = [];
    parser.parse(query).iterate({
      enter: ({ type, from }) => {
        if (type.isError) faults.push(from);
      },
    });
    return faults;
  };
}
