import type { Outcome } from './verdict.ts';

/** What one check says of one set of rows. */
export interface Finding {
  readonly outcome: Outcome;
  readonly value: number | null;
  /** The bound that decided, when uncertainty counts. */
  readonly bound: number | null;
  readonly limit: number | null;
  readonly reason: string;
}

/** A question to the data whose answer is uncertain: its claims are judged together with those of other slices. */
export interface Question {
  /** p-value of "good enough", and of "not good enough". */
  readonly good: number;
  readonly bad: number;
  /** The finding, once it is known which claim holds, and at which level of error. */
  readonly answer: (outcome: Outcome, level: number) => Finding;
}

export type Answer = { readonly finding: Finding } | { readonly question: Question };

export const refused = (reason: string, limit: number | null = null): Answer => ({
  finding: { outcome: 'fail', value: null, bound: null, limit, reason },
});
