/** What a run tells while it goes on, for whoever draws it. */
export type RunEvent =
  | { readonly kind: 'stage-cached'; readonly stage: string }
  | { readonly kind: 'stage-started'; readonly stage: string; readonly why: readonly string[] }
  /** One line that the stage printed. */
  | { readonly kind: 'log'; readonly stage: string; readonly line: string }
  /** What the stage measured just now. */
  | { readonly kind: 'metrics'; readonly stage: string; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'notice'; readonly stage: string; readonly text: string }
  | { readonly kind: 'stage-finished'; readonly stage: string; readonly seconds: number };

export type Report = (event: RunEvent) => void;
