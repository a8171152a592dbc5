/** Equal as golden answers are: to 1e-5, absolute below 1 and relative above. */
export const isEqualScore = (found: number, expected: number): boolean =>
  Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
