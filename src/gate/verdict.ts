import type { Digest } from '../workspace/index.ts';
import type { Check } from './policy.ts';

export type Outcome = 'pass' | 'fail' | 'inconclusive';

export interface CheckResult {
  /** Stable within a policy, e.g. `roc_auc at-least 0.6`, `roc_auc not-worse-than baseline [origin=ORD]`. */
  readonly id: string;
  readonly check: Check;
  readonly outcome: Outcome | 'pending' | 'waived' | 'not-judged';
  readonly value: number | null;
  /** The bound that decided, when uncertainty counts. */
  readonly bound: number | null;
  readonly limit: number | null;
  /** One sentence for people. */
  readonly reason: string;
}

/** What a verdict speaks of, by digest: another evaluation, policy or model is another verdict. */
export interface Binding {
  readonly model: string;
  readonly modelDigest: Digest | null;
  readonly run: Digest;
  readonly lock: Digest | null;
  readonly evaluation: Digest;
  readonly comparison: Digest | null;
  readonly baseline: string;
  /** `commit` is null when the policy was read from the working tree (a model the base does not know). */
  readonly policy: { readonly digest: Digest; readonly commit: string | null };
  /** Tip of the branch `environments` when the baseline was chosen; null when there was none. */
  readonly tip: string | null;
}

/** One environment's verdict. `docs/schemas/verdict.json` */
export interface Verdict {
  readonly v: 1;
  readonly environment: string;
  readonly verdict: Outcome;
  readonly checks: readonly CheckResult[];
  /** Why it isn't a pass, or what was remarkable; first the ones that decided. */
  readonly reasons: readonly string[];
  readonly binding: Binding;
  readonly made: string;
}
