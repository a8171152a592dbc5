/** `models/<model>/policy.yaml`: `docs/schemas/policy.json`. */
export interface Policy {
  readonly checks: readonly Check[];
  readonly environments?: Readonly<Record<string, EnvironmentPolicy>>;
  readonly waivers?: readonly Waiver[];
}

/** Exactly one of at-least, at-most, not-worse-than. */
export interface Check {
  readonly metric: string;
  readonly 'at-least'?: number;
  readonly 'at-most'?: number;
  /** Paired with the baseline on the same rows: the bound of the difference at `confidence` must be within `margin`. */
  readonly 'not-worse-than'?: 'baseline';
  readonly margin?: number;
  /** One-sided; 0.95 unless stated. */
  readonly confidence?: number;
  /** `column=value`, or `*` for every slice (confidence shared by Holm). */
  readonly slice?: string;
  /** Slices with fewer rows are listed, not judged. */
  readonly 'min-rows'?: number;
  /** Judged by `promote` from what this environment observed; pending at the gate. */
  readonly from?: string;
}

export interface EnvironmentPolicy {
  /** How long the version must have been in the environment before this one, e.g. 24h. */
  readonly soak?: string;
  readonly checks?: readonly Check[];
}

export interface Waiver {
  /** A check's id, as the verdict prints it. */
  readonly check: string;
  readonly owner: string;
  readonly reason: string;
  /** ISO date after which it no longer holds. */
  readonly until: string;
}
