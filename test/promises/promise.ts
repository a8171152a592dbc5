/** How much of a promise is tried. */
export interface Amount {
  /** A tenth of everything. */
  readonly quick: boolean;
  readonly seed: number;
  /** Told how far it is; shown where somebody looks. */
  readonly progress: (words: string) => void;
}

export interface Figures {
  /** The line after the promise's name. */
  readonly words: string;
  /** Each case in which it did not hold; empty means that it holds. */
  readonly missed: readonly string[];
}

export type Promised = (amount: Amount) => Promise<Figures>;

/** Of all cases those that a quick run tries: every tenth, spread, and at least three. */
export function share<T>(all: readonly T[], { quick }: Amount): readonly T[] {
  if (!quick) return all;
  const step = Math.max(1, Math.floor(all.length / Math.max(3, Math.ceil(all.length / 10))));
  return all.filter((_, index) => index % step === Math.floor(step / 2));
}

/** Does two things at a time: most of each is waiting for processes. */
export async function inPairs<T>(
  all: readonly T[],
  { progress }: Amount,
  work: (one: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = all.entries();
  let done = 0;
  const worker = async () => {
    for (const [index, one] of queue) {
      await work(one, index);
      progress(`${++done} of ${all.length}`);
    }
  };
  await Promise.all([worker(), worker()]);
}
