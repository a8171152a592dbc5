import { relative } from 'node:path';
import { writeAtomic } from '../workspace/index.ts';
import type { Sandbox } from './sandbox.ts';

/** `.lockstep/demo/summary.json`: `docs/schemas/summary.json`. */
export interface Summary {
  readonly steps: readonly StepSummary[];
  readonly repository: string;
  readonly origin: string;
  readonly branch: string;
  readonly environments: Readonly<Record<string, EnvironmentSummary>>;
  readonly refused: { readonly version: string | null; readonly reasons: readonly string[] };
  readonly rollback: { readonly from: string; readonly to: string; readonly commit: string };
  readonly report: string;
}

export interface StepSummary {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
}

export interface EnvironmentSummary {
  readonly version: string;
  readonly image: string;
  readonly url: string;
  readonly golden: { readonly asked: number; readonly equal: number };
}

/** What the steps have found so far. */
export interface SummaryDraft {
  steps: StepSummary[];
  environments: Record<string, EnvironmentSummary>;
  refused: Summary['refused'];
  rollback: Summary['rollback'] | null;
  report: string;
}

export const emptySummary = (): SummaryDraft => ({
  steps: [],
  environments: {},
  refused: { version: null, reasons: [] },
  rollback: null,
  report: '',
});

/** Writes the summary, paths relative to the root of the checkout. */
export function writeSummary(root: string, path: string, sandbox: Sandbox, draft: SummaryDraft): Summary {
  const inside = (absolute: string): string => (absolute === '' ? '' : relative(root, absolute));
  const summary: Summary = {
    steps: draft.steps,
    repository: inside(sandbox.repository),
    origin: inside(sandbox.origin),
    branch: 'environments',
    environments: draft.environments,
    refused: draft.refused,
    rollback: draft.rollback ?? { from: '', to: '', commit: '' },
    report: inside(draft.report),
  };
  writeAtomic(path, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}
