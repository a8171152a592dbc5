import { ask, manyAtOnce, wordsOf } from './ask.ts';
import type { LoggedRequest } from './prediction-log.ts';

export interface Replay {
  readonly asked: number;
  readonly failed: number;
  /** Empty when all were answered; else how many failed, then each kind of failure once with its count. */
  readonly reasons: readonly string[];
}

const mostKinds = 5;
const atOnce = 8;

/**
 * Asks a candidate what the running server was asked lately. The scores may differ, that is what a new version is for;
 * but what was answered before must be answered now.
 */
export async function replay(url: string, requests: readonly LoggedRequest[]): Promise<Replay> {
  const agent = manyAtOnce(atOnce);
  try {
    const answers = await Promise.all(
      requests.map(({ inputs }) => ask(`${url}/predict`, { body: inputs, agent, timeoutMs: 30_000 })),
    );
    const failures = answers.filter(({ status }) => status !== 200).map(wordsOf);
    return { asked: requests.length, failed: failures.length, reasons: explain(failures, requests.length) };
  } finally {
    agent.destroy();
  }
}

function explain(failures: readonly string[], asked: number): string[] {
  if (failures.length === 0) return [];
  const counts = new Map<string, number>();
  for (const words of failures) counts.set(words, (counts.get(words) ?? 0) + 1);
  const kinds = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const left = kinds.length - mostKinds;
  return [
    `${failures.length} of the last ${asked} answered requests fail on it`,
    ...kinds.slice(0, mostKinds).map(([words, count]) => `${count} × ${words}`),
    ...(left > 0 ? [`and ${left} other kinds of failure`] : []),
  ];
}
