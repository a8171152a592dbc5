/** A number as people read it: three decimals, or two digits when it is smaller than that. */
export function plain(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  return String(
    Number(size < 0.001 ? value.toPrecision(2) : size < 1000 ? value.toFixed(3) : value.toFixed(1)),
  );
}

/** Two numbers with as many digits as it takes to tell them apart. */
export function apart(one: number, other: number): readonly [string, string] {
  if (one === other || plain(one) !== plain(other)) return [plain(one), plain(other)];
  for (let digits = 4; digits < 17; digits++) {
    const texts = [one, other].map((value) => String(Number(value.toPrecision(digits))));
    if (texts[0] !== texts[1]) return [texts[0]!, texts[1]!];
  }
  return [String(one), String(other)];
}

/** 0.95 as `95 %`. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(4))} %`;

export const aboveOrBelow = (difference: number): string => (difference < 0 ? 'below' : 'above');

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
