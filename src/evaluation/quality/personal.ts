import { isIP } from 'node:net';
import { isCard, isIban, nationalIds } from './personal-numbers.ts';

/** What a column seems to tell about people, and how it shows. */
export interface PersonalSign {
  readonly kind: string;
  readonly by: 'header' | 'content';
  /** Of the values looked at, for signs by content. */
  readonly share?: number;
}

interface ContentKind {
  readonly kind: string;
  readonly is: (text: string) => boolean;
  /** Share of values from which a column counts: a check digit is passed by chance, an e-mail address is not. */
  readonly from: number;
}

/** No regular expression here can go over a text more than a few times; longer texts are none of these. */
const contents: readonly ContentKind[] = [
  { kind: 'e-mail', is: (text) => /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text), from: 0.5 },
  { kind: 'phone', is: isPhone, from: 0.8 },
  { kind: 'IBAN', is: isIban, from: 0.5 },
  { kind: 'credit card', is: isCard, from: 0.8 },
  { kind: 'IP address', is: (text) => isIP(text) !== 0, from: 0.5 },
  { kind: 'MAC address', is: (text) => /^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$/.test(text), from: 0.5 },
  ...Object.entries(nationalIds).map(([name, is]) => ({ kind: `national id (${name})`, is, from: 0.9 })),
];

const longest = 254;

/** Either +country, or groups apart by blanks, dots, hyphens or parentheses; 9 to 15 digits (ITU-T E.164). */
function isPhone(text: string): boolean {
  if (!/^\+?[\d(][\d ()./-]{7,24}$/.test(text) || /^\d{4}-\d\d-\d\d/.test(text)) return false;
  const digits = text.replace(/\D/g, '').length;
  if (digits < 9 || digits > 15) return false;
  if (text.startsWith('+')) return true;
  return /[ ()./-]/.test(text) && !/^\d+\.\d+$/.test(text) && !/^\d+-\d+$/.test(text);
}

/** One bit a kind of content. */
export function contentBits(text: string): number {
  if (text.length < 7 || text.length > longest) return 0;
  let bits = 0;
  for (const [index, { is }] of contents.entries()) if (is(text)) bits |= 1 << index;
  return bits;
}

/** How often each kind was seen among the values looked at. */
export class ContentCount {
  readonly #counts = new Int32Array(contents.length);
  looked = 0;

  add(bits: number): void {
    this.looked++;
    for (let left = bits; left !== 0; left &= left - 1) this.#counts[31 - Math.clz32(left & -left)]!++;
  }

  signs(): PersonalSign[] {
    if (this.looked < 5) return [];
    return contents.flatMap(({ kind, from }, index) => {
      const share = this.#counts[index]! / this.looked;
      return share >= from ? [{ kind, by: 'content' as const, share: Math.round(share * 1000) / 1000 }] : [];
    });
  }
}

/** Words of a header, in some languages, and what they say; `text` asks for a column that is no plain number. */
const headers: readonly { readonly kind: string; readonly words: RegExp; readonly text?: boolean }[] = [
  { kind: 'e-mail', words: /\be ?mails?\b|\bcorreo\b|\bcourriel\b/, text: true },
  { kind: 'phone', words: /\b(?:tele)?phones?\b|\bmobile number\b|\btelefono?\b|\bmsisdn\b|\bfax\b/ },
  {
    kind: 'name',
    words:
      /^(?:full ?)?names?$|\b(?:first|last|full|given|family|middle|maiden|sur|user|customer|patient|employee|person|contact) ?name\b|\bprenom\b|^nom$|\b(?:vor|nach)name\b|\bapellidos?\b|^nombre$|\bcognome\b/,
    text: true,
  },
  {
    kind: 'address',
    words:
      /\b(?:home|street|postal|mailing|billing|shipping)? ?address\b|\bstreet\b|\badresse\b|\bdireccion\b/,
    text: true,
  },
  { kind: 'postal code', words: /\bzip(?: ?code)?\b|\bpost(?:al)? ?code\b|\bplz\b/ },
  {
    kind: 'date of birth',
    words:
      /\bbirth ?(?:day|date|year)\b|^birth$|\bdate of birth\b|\bdob\b|\bgeburts?\w*\b|\bnacimiento\b|\bnaissance\b/,
  },
  {
    kind: 'national id',
    words:
      /\bssn\b|\bsocial security\b|\bnational id\b|\bpassport\b|\btax ?id\b|\bnino\b|\bcpf\b|\bpesel\b|\bdriving licen[cs]e\b/,
  },
  {
    kind: 'bank',
    words: /\biban\b|\bcredit ?card\b|\bcard ?number\b|\baccount ?(?:number|no)\b|\bsort ?code\b|\bcvv\b/,
  },
  { kind: 'IP address', words: /\bip(?:v[46])?(?: ?address)?\b/, text: true },
  { kind: 'location', words: /^(?:home ?)?(?:lat|lon|lng|latitude|longitude)$|\bgps\b/ },
  {
    kind: 'special category',
    words: /^race$|\bethnic(?:ity)?\b|\breligion\b|\bsexual orientation\b|\bpolitical\b|\bdiagnosis\b/,
  },
];

/** `customerFirstName`, `CUSTOMER_FIRST_NAME` and `customer first name` are the same words. */
export const headerWords = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, ' ')
    .trim();

/** What a column's name says, where its type does not speak against it. */
export function headerSigns(name: string, isNumber: boolean): PersonalSign[] {
  const words = headerWords(name);
  return headers
    .filter(({ words: pattern, text }) => pattern.test(words) && !(text && isNumber))
    .filter(({ kind }) => kind !== 'address' || !/\b(?:ip|mac|e ?mail)\b/.test(words))
    .map(({ kind }) => ({ kind, by: 'header' as const }));
}
