import { Line, meaning, refuse, unusual, word } from './yaml-line.ts';

/** A key and its value, and the line where the key stands. */
export interface PlainPair {
  readonly key: string;
  readonly value: unknown;
  readonly line: number;
}

export interface PlainDocument {
  readonly value: unknown;
  /** In the order of their keys in the text. */
  readonly pairs: readonly PlainPair[];
}

const deepest = 20;

/**
 * YAML as people mostly write it, many times as fast as a whole parser reads it: block mappings and sequences, flow ones
 * on one line, words, whole numbers, quoted texts without escapes, comments. Null for all else, also for what may be
 * wrong: the whole parser has to say what that is. What is read here, that one reads the same (plain-yaml.test.ts).
 */
export function readPlainYaml(text: string): readonly PlainDocument[] | null {
  if (/[^\n\x20-\x7e]/.test(text)) return null;
  const documents: Line[][] = [[]];
  for (const [index, whole] of text.split('\n').entries()) {
    const indent = whole.search(/[^ ]/);
    if (indent < 0 || whole[indent] === '#') continue;
    if (whole !== '---') documents.at(-1)!.push(new Line(whole, index + 1, indent));
    else if (index > 0) documents.push([]);
  }
  try {
    return documents.map((lines) => new Reader(lines).document());
  } catch (thrown) {
    if (thrown === unusual) return null;
    throw thrown;
  }
}

const startOfMember = /^[\w./-]+:(?: |$)/;

class Reader {
  readonly pairs: PlainPair[] = [];
  readonly lines: Line[];
  next = 0;

  constructor(lines: Line[]) {
    this.lines = lines;
  }

  document(): PlainDocument {
    const value = this.block(0);
    return this.next === this.lines.length ? { value, pairs: this.pairs } : refuse();
  }

  block(depth: number): unknown {
    const line = this.lines[this.next] ?? refuse();
    if (depth > deepest) refuse();
    return line.isItem ? this.sequence(line.indent, depth) : this.mapping(line.indent, depth);
  }

  sequence(indent: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (
      let line = this.lines[this.next];
      line?.indent === indent && line.isItem;
      line = this.lines[this.next]
    ) {
      line.take(/- +/y);
      if (line.isItem) refuse();
      if (startOfMember.test(line.text.slice(line.at))) {
        this.lines[this.next] = new Line(line.text, line.number, line.at);
        items.push(this.mapping(line.at, depth + 1));
      } else {
        items.push(this.rest(line));
        this.next++;
      }
    }
    return items;
  }

  mapping(indent: number, depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    for (
      let line = this.lines[this.next];
      line?.indent === indent && !line.isItem;
      line = this.lines[this.next]
    ) {
      this.next++;
      const set = this.member(members, line);
      const below = this.lines[this.next];
      if (!line.isEnd) set(this.rest(line));
      // Items may stand as far left as the key that they are the value of.
      else if (below && (below.indent > indent || (below.indent === indent && below.isItem)))
        set(this.block(depth + 1));
      else set(null);
    }
    return members;
  }

  /** Reads a key, new among these, whose value is to follow. */
  member(members: Record<string, unknown>, line: Line): (value: unknown) => void {
    const key = line.take(/[A-Za-z][\w./-]{0,99}(?=:(?: |$))/y) ?? refuse();
    if (typeof meaning(key) !== 'string' || Object.hasOwn(members, key)) refuse();
    line.take(/:/y);
    const pair = { key, value: null as unknown, line: line.number };
    this.pairs.push(pair);
    members[key] = null;
    return (value) => {
      members[key] = value;
      pair.value = value;
    };
  }

  /** The value on the rest of a line. */
  rest(line: Line): unknown {
    line.take(/ +/y);
    const value = this.flow(line, 0);
    return line.isEnd ? value : refuse();
  }

  flow(line: Line, depth: number): unknown {
    if (depth > deepest) refuse();
    if (line.take(/\{ */y)) {
      const members: Record<string, unknown> = {};
      this.list(line, /\}/y, () => {
        const set = this.member(members, line);
        line.take(/ +/y);
        set(this.flow(line, depth + 1));
      });
      return members;
    }
    if (line.take(/\[ */y)) {
      const items: unknown[] = [];
      this.list(line, /\]/y, () => items.push(this.flow(line, depth + 1)));
      return items;
    }
    const quoted = line.take(/"[^"\\]*"|'[^']*'/y);
    return quoted === null ? meaning(line.take(word) ?? refuse()) : quoted.slice(1, -1);
  }

  list(line: Line, end: RegExp, entry: () => void): void {
    if (line.take(end)) return;
    do {
      entry();
      line.take(/ +/y);
      if (line.take(end)) return;
    } while (line.take(/, */y));
    refuse();
  }
}
