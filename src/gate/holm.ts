/** What Holm's procedure says of one claim among several. */
export interface Claim {
  readonly holds: boolean;
  /** Share of error this claim was judged at; its bound is taken at one minus it. */
  readonly level: number;
}

/**
 * Judges several claims so that the chance of even one wrong "holds" stays within `error`: the smallest p-value
 * is held against error/k, the next against error/(k − 1), until one fails. Source: Holm 1979.
 */
export function holm(pValues: readonly number[], error: number): Claim[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const claims = new Array<Claim>(pValues.length);
  let going = true;
  order.forEach((index, place) => {
    const level = error / (order.length - place);
    going &&= pValues[index]! <= level + rounding;
    claims[index] = { holds: going, level };
  });
  return claims;
}

/** A bound that lies exactly on its limit must not be refused for the last bit of a probability. */
const rounding = 1e-12;
