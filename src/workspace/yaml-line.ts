/** Thrown for what `readPlainYaml` leaves to the whole parser. */
export const unusual = Symbol('unusual');

export function refuse(): never {
  throw unusual;
}

/** A line, or what follows `- ` on one: how far in it stands, and how far it was read. */
export class Line {
  readonly text: string;
  readonly number: number;
  readonly indent: number;
  at: number;

  constructor(text: string, number: number, indent: number) {
    this.text = text;
    this.number = number;
    this.indent = indent;
    this.at = indent;
  }

  /** What a sticky pattern matches here; null leaves the line as it was. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  get isItem(): boolean {
    return this.text.startsWith('- ', this.at);
  }

  /** Nothing more but a comment. */
  get isEnd(): boolean {
    return this.take(/(?: +#.*| *)$/y) !== null;
  }
}

/** Paths, names, images: no blank, no quote, and a colon only before more of the same. */
export const word = /(?:[A-Za-z0-9/]|\.{1,2}\/)[\w./@%+-]*(?::[A-Za-z0-9/][\w./@%+-]*)*/y;

/** Numbers, and words that YAML has a meaning of its own for, are read here only in their plainest form. */
export function meaning(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)) refuse();
  return /^(?:\D|\d+(?:[mshdMGK]i?)$)/.test(text) ? text : refuse();
}
