/** One prediction request that tells something about the old or the new version. */
export type Trial =
  /** The old version answered it. */
  | { readonly kind: 'old'; readonly ms: number; readonly scores: readonly number[] }
  /** The new version answered it, to a client. */
  | { readonly kind: 'new'; readonly ms: number; readonly scores: readonly number[] }
  /** The new version could not answer it, and the old one could. */
  | { readonly kind: 'failed'; readonly words: string }
  /** A copy, answered by the new version and compared with what the client got from the old one. */
  | {
      readonly kind: 'copied';
      readonly ms: number;
      readonly scores: readonly number[];
      readonly against: readonly number[];
    }
  | { readonly kind: 'copy failed'; readonly words: string }
  /** Not copied: the new version is too slow for one more. */
  | { readonly kind: 'copy left out' };

/** What copies of requests showed. Counts and sizes only, nothing of a request. */
export interface ShadowReport {
  readonly asked: number;
  readonly failed: number;
  readonly leftOut: number;
  /** Answered with another score than the old version's. */
  readonly differ: number;
  readonly largestDifference: number;
  readonly p99Ms: number | null;
}

/** What a step has seen so far; all of one canary's steps make its report. */
export interface Evidence {
  /** Requests the new version was asked, copies too. */
  asked: number;
  failed: number;
  /** Answered more slowly than the limit. */
  slow: number;
  /** Why requests failed, with counts. */
  readonly failures: Map<string, number>;
  readonly oldScores: Recent;
  readonly newScores: Recent;
  readonly newMs: Recent;
  readonly oldMs: Recent;
}

const mostKept = 20_000;
const mostKinds = 50;
/** As golden requests are compared: float32's doing is no difference. */
const tolerance = 1e-6;

/** The last values of a series, however long it goes on. */
export class Recent {
  readonly values: number[] = [];
  #next = 0;

  add(value: number): void {
    this.values[this.#next] = value;
    this.#next = (this.#next + 1) % mostKept;
  }

  quantile(share: number): number | null {
    if (this.values.length === 0) return null;
    const sorted = Float64Array.from(this.values).sort();
    return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  }
}

export const newEvidence = (): Evidence => ({
  asked: 0,
  failed: 0,
  slow: 0,
  failures: new Map(),
  oldScores: new Recent(),
  newScores: new Recent(),
  newMs: new Recent(),
  oldMs: new Recent(),
});

export function addTrial(evidence: Evidence, trial: Trial, slowerThan: number | null): void {
  switch (trial.kind) {
    case 'old':
      evidence.oldMs.add(trial.ms);
      for (const score of trial.scores) evidence.oldScores.add(score);
      return;
    case 'new':
    case 'copied':
      evidence.asked++;
      evidence.newMs.add(trial.ms);
      if (slowerThan !== null && trial.ms > slowerThan) evidence.slow++;
      for (const score of trial.scores) evidence.newScores.add(score);
      return;
    case 'failed':
    case 'copy failed': {
      evidence.asked++;
      evidence.failed++;
      const seen = evidence.failures.get(trial.words);
      if (seen !== undefined || evidence.failures.size < mostKinds) {
        evidence.failures.set(trial.words, (seen ?? 0) + 1);
      }
      return;
    }
    case 'copy left out':
      return;
  }
}

/** Counts copies as they are compared. */
export function openShadowReport(): { add(trial: Trial): void; report(): ShadowReport } {
  const latencies = new Recent();
  let [asked, failed, leftOut, differ, largestDifference] = [0, 0, 0, 0, 0];
  return {
    add(trial) {
      if (trial.kind === 'copy left out') leftOut++;
      if (trial.kind === 'copy failed') failed++;
      if (trial.kind === 'copied' || trial.kind === 'copy failed') asked++;
      if (trial.kind !== 'copied') return;
      latencies.add(trial.ms);
      const { scores, against } = trial;
      const most = Math.max(0, ...scores.map((score, row) => Math.abs(score - (against[row] ?? Number.NaN))));
      if (scores.length !== against.length || !(most <= tolerance)) differ++;
      if (most > largestDifference) largestDifference = most;
    },
    report: () => ({ asked, failed, leftOut, differ, largestDifference, p99Ms: latencies.quantile(0.99) }),
  };
}

/** The scores in an answer of either protocol; none when it is something else. */
export function scoresIn(body: Buffer): number[] {
  try {
    const { predictions, outputs } = JSON.parse(body.toString()) as {
      predictions?: readonly { score?: unknown }[];
      outputs?: readonly { name?: unknown; data?: readonly unknown[] }[];
    };
    const found =
      predictions?.map(({ score }) => score) ?? outputs?.find(({ name }) => name === 'score')?.data;
    return (found ?? []).filter((score): score is number => typeof score === 'number');
  } catch {
    return [];
  }
}
