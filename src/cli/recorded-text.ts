import type { EnvironmentStatus } from '../gitops/index.ts';
import { printable } from '../workspace/index.ts';

type Recorded = NonNullable<EnvironmentStatus['recorded']>;

/** `verified since 2026-11-21 12:30, by https://…`, as the branch says. */
export function recordedText({ observed, verified }: Recorded): string {
  const { time, by } = verified ?? observed;
  return `${verified ? 'verified' : 'observed'} since ${time.slice(0, 16).replace('T', ' ')}, by ${sourceText(by)}`;
}

function sourceText(by: Recorded['observed']['by']): string {
  if (by.kind === 'agent') return `the agent at ${printable(by.url)}`;
  if (by.kind === 'url') return printable(by.url);
  const who = by.creator === null ? '' : ` of ${printable(by.creator)}`;
  return `the status ${printable(by.context)}${who} on ${by.commit.slice(0, 12)}`;
}
