/** One model's training. */
export interface Job {
  readonly model: string;
  readonly runsOn: string | readonly string[];
  /** On a sample of the rows. */
  readonly quick: boolean;
}

export interface MatrixEntry {
  /** Between spaces. */
  readonly models: string;
  readonly 'runs-on': string | readonly string[];
  readonly quick: boolean;
}

/** GitHub starts no more jobs of one matrix. */
const mostEntries = 256;

/** An entry a model as far as a matrix holds them; beyond that, models of the same kind of runner share one, evenly. */
export function matrixOf(jobs: readonly Job[], most = mostEntries): MatrixEntry[] {
  const kinds = Map.groupBy(jobs, ({ runsOn, quick }) => JSON.stringify([runsOn, quick]));
  const shares = sharesOf(
    [...kinds.values()].map((members) => members.length),
    most,
  );
  return [...kinds.values()].flatMap((members, index) => {
    const { runsOn, quick } = members[0]!;
    return parted(
      members.map(({ model }) => model),
      shares[index]!,
    ).map((models) => ({
      models: models.join(' '),
      'runs-on': runsOn,
      quick,
    }));
  });
}

/** How many entries each kind gets: all it has, or a part of `most` by its size, and one at least. */
function sharesOf(sizes: readonly number[], most: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (all <= most) return [...sizes];
  const shares = sizes.map((size) => Math.max(1, Math.floor((size * most) / all)));
  // Kinds of one model each were rounded up: the largest give way.
  for (let over = shares.reduce((sum, share) => sum + share, 0) - most; over > 0; over--) {
    const largest = shares.indexOf(Math.max(...shares));
    if (shares[largest]! > 1) shares[largest]!--;
  }
  return shares;
}

/** `count` parts whose sizes differ by one at most. */
function parted<T>(items: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, index) =>
    items.slice(Math.floor((index * items.length) / count), Math.floor(((index + 1) * items.length) / count)),
  );
}
