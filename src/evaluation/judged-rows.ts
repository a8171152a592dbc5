/** Labels and scores of the same rows, with the order that ranks them. */
export interface JudgedRows {
  readonly rows: number;
  /** 1 for the positive class and 0, or the target's value. */
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  /** Row indices by score, highest first; equal scores by row. */
  readonly order: Uint32Array;
}

export function judgedRows(labels: Float64Array, scores: Float64Array): JudgedRows {
  return { rows: labels.length, labels, scores, order: byScore(scores) };
}

/** Sorts the bare numbers where it can (a native sort), and looks the rows up afterwards. */
function byScore(scores: Float64Array): Uint32Array {
  const sorted = scores.map((score) => -score).sort();
  const first = new Map<number, number>();
  for (let place = 0; place < sorted.length; place++) {
    // Zero and minus zero are one score.
    const score = 0 - sorted[place]!;
    if (!first.has(score)) first.set(score, place);
  }
  const order = new Uint32Array(scores.length);
  for (let row = 0; row < scores.length; row++) {
    const place = first.get(scores[row]!)!;
    first.set(scores[row]!, place + 1);
    order[place] = row;
  }
  return order;
}

/** Runs of equal scores, highest first: their places in `order`, the last one not included. */
export function* tiedRuns({
  order,
  scores,
  rows,
}: JudgedRows): Generator<readonly [from: number, to: number]> {
  let from = 0;
  for (let to = 1; to <= rows; to++) {
    if (to < rows && scores[order[to]!] === scores[order[from]!]) continue;
    yield [from, to];
    from = to;
  }
}

/**
 * The rows apart by group, each with its own ranking, in one pass over the whole's order. `groups` gives each
 * row's group, counting from 0.
 */
export function splitRows(whole: JudgedRows, groups: Uint32Array, count: number): JudgedRows[] {
  const sizes = new Uint32Array(count);
  const places = new Uint32Array(whole.rows);
  for (let row = 0; row < whole.rows; row++) places[row] = sizes[groups[row]!]!++;
  const parts = Array.from(sizes, (rows) => ({
    rows,
    labels: new Float64Array(rows),
    scores: new Float64Array(rows),
    order: new Uint32Array(rows),
  }));
  const filled = new Uint32Array(count);
  for (const row of whole.order) {
    const group = groups[row]!;
    const part = parts[group]!;
    const place = places[row]!;
    part.labels[place] = whole.labels[row]!;
    part.scores[place] = whole.scores[row]!;
    part.order[filled[group]!++] = place;
  }
  return parts;
}

export const sum = (values: Float64Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
