import type { Known } from './facts.ts';

/** What `doctor` found of one thing. */
export type Finding = {
  /** Stable: `tags-versions`. */
  readonly id: string;
  /** What should hold, as a sentence. */
  readonly title: string;
} & (
  | { readonly kind: 'holds'; readonly what: string }
  /** `fix` is a command, or the page where it is set. */
  | { readonly kind: 'missing'; readonly what: string; readonly fix: string }
  /** This token may not see it: `needs` says which one may. */
  | { readonly kind: 'hidden'; readonly needs: string }
  | { readonly kind: 'not in this plan'; readonly what: string }
);

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly needs: string;
}

export const holds = ({ id, title }: Check, what: string): Finding => ({ id, title, kind: 'holds', what });

export const missing = ({ id, title }: Check, what: string, fix: string): Finding => ({
  id,
  title,
  kind: 'missing',
  what,
  fix,
});

/** Decides where the fact is known, and says so where it isn't. */
export function when<T>(check: Check, fact: Known<T>, decide: (value: T) => Finding): Finding {
  const { id, title, needs } = check;
  if (fact.kind === 'known') return decide(fact.value);
  return fact.kind === 'hidden'
    ? { id, title, kind: 'hidden', needs }
    : {
        id,
        title,
        kind: 'not in this plan',
        what: 'a private repository on the free plan has none: whoever may push may do this too',
      };
}
