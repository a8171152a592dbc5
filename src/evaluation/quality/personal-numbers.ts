// Numbers that people are known by and that carry their own check: few texts pass one by chance.

/** Every second digit from the right doubled, digits summed: ISO/IEC 7812. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** 13 to 19 digits, first digit 3 to 6 (ISO/IEC 7812: travel, banks, shops), groups apart by blanks or hyphens. */
export function isCard(text: string): boolean {
  if (!/^[3-6]\d{3}[ -]?\d[\d -]{7,20}\d$/.test(text)) return false;
  const digits = text.replace(/[ -]/g, '');
  return digits.length >= 13 && digits.length <= 19 && passesLuhn(digits);
}

/** ISO 13616: the first four characters moved to the end, letters as 10 to 35, remainder 1 of 97. */
export function isIban(text: string): boolean {
  const bare = text.replace(/ /g, '');
  if (bare.length > 34 || !/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare)) return false;
  let rest = 0;
  for (const character of bare.slice(4) + bare.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const weighted = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * (digits.charCodeAt(at) - 48), 0);

const descending = (from: number, to: number): number[] =>
  Array.from({ length: from - to + 1 }, (_, at) => from - at);

/** National numbers, each by its public rule. */
export const nationalIds: Readonly<Record<string, (text: string) => boolean>> = {
  // No area 000, 666 or 9xx, no group 00, no serial 0000.
  'US social security': (text) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text),
  'GB national insurance': (text) =>
    /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/.test(text),
  'ES DNI': (text) =>
    /^[XYZ\d]\d{7}-?[A-Z]$/.test(text) &&
    'TRWAGMYFPDXBNJZSQVHLCKE'[
      Number(text.slice(0, 8).replace(/^[XYZ]/, (c) => `${'XYZ'.indexOf(c)}`)) % 23
    ] === text.at(-1),
  'FR NIR': (text) => {
    const bare = text.replace(/ /g, '');
    return /^[12]\d{14}$/.test(bare) && 97 - (Number(bare.slice(0, 13)) % 97) === Number(bare.slice(13));
  },
  'IT codice fiscale': (text) => /^[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/.test(text),
  'BR CPF': (text) => {
    const bare = text.replace(/[.-]/g, '');
    if (!/^\d{3}\.\d{3}\.\d{3}-\d{2}$/.test(text) || /^(\d)\1{10}$/.test(bare)) return false;
    const check = (length: number) =>
      ((weighted(bare, descending(length + 1, 2)) * 10) % 11) % 10 === Number(bare[length]);
    return check(9) && check(10);
  },
  'NL BSN': (text) => /^\d{9}$/.test(text) && weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  'PL PESEL': (text) =>
    /^\d{11}$/.test(text) && weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0 && isDay(text),
};

/** Month (with the century in it) and day, as PESEL has them. */
const isDay = (text: string): boolean => {
  const month = Number(text.slice(2, 4)) % 20;
  const day = Number(text.slice(4, 6));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
};
