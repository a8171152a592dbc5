/**
 * Patterns of `matches` are run over every cell of data that nobody has looked at yet, by an engine that backtracks.
 * So only those are taken that it goes through once: a repetition stands for one set of characters, or for parts of
 * fixed length, and what follows it can't begin with a character that it may still take.
 */

/** Ranges of code points, both ends inside. */
type Characters = readonly (readonly [from: number, to: number])[];

interface Shape {
  /** What it may begin with. */
  readonly first: Characters;
  /** Whether it may be nothing at all. */
  readonly empty: boolean;
  /** Whether it holds a repetition of open length, or a choice. */
  readonly loose: boolean;
}

const any: Characters = [[0, 0x10ffff]];
const mostLength = 200;
const mostTimes = 1000;
const sets: Readonly<Record<string, Characters>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
};
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };

class Refusal extends Error {}

/** What speaks against a pattern, in words; null when it is safe. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > mostLength) return `a pattern of ${pattern.length} characters`;
  try {
    // Compiled at its first use, which refuses what is too large.
    compilePattern(pattern).test('');
    const bare = pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
    new Reader([...bare]).whole();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    return (error as Error).message.replace(/^Invalid regular expression: .*: /, '').toLowerCase();
  }
}

/** The whole text of a cell has to match. */
export const compilePattern = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

/** Reads from the right end of each sequence, since what follows decides whether a repetition is safe. */
class Reader {
  readonly #text: readonly string[];
  #at = 0;

  constructor(text: readonly string[]) {
    this.#text = text;
  }

  whole(): void {
    const parts = this.#choices();
    if (this.#at < this.#text.length) throw new Refusal(`"${this.#text[this.#at]}" out of place`);
    shapeOfChoice(parts, []);
  }

  /** Alternatives, each a sequence of pieces that tell their shape once they know what follows them. */
  #choices(): Piece[][] {
    const choices: Piece[][] = [[]];
    while (this.#at < this.#text.length && this.#text[this.#at] !== ')') {
      if (this.#text[this.#at] === '|') {
        this.#at++;
        choices.push([]);
      } else choices.at(-1)!.push(this.#piece());
    }
    return choices;
  }

  #piece(): Piece {
    const from = this.#at;
    const atom = this.#atom();
    const times = this.#times();
    const text = this.#text.slice(from, this.#at).join('');
    return times ? repeated(atom, times, text) : atom;
  }

  #atom(): Piece {
    const character = this.#text[this.#at++]!;
    if (character === '(') return this.#group();
    if (character === '[') return one(this.#set());
    if (character === '\\') return one(this.#escape());
    if (character === '.') return one(any);
    if (character === '^' || character === '$') throw new Refusal(`"${character}" inside the pattern`);
    return one(single(character));
  }

  #group(): Piece {
    if (this.#text[this.#at] === '?') {
      if (this.#text[this.#at + 1] !== ':') throw new Refusal('a look-around or a named group');
      this.#at += 2;
    }
    const choices = this.#choices();
    this.#at++;
    return (follow) => shapeOfChoice(choices, follow);
  }

  #escape(): Characters {
    const character = this.#text[this.#at++]!;
    const set = sets[character.toLowerCase()];
    if (set) return character === character.toLowerCase() ? set : inverse(set);
    if (controls[character] !== undefined) return [[controls[character], controls[character]]];
    if (/[a-z0-9]/i.test(character)) throw new Refusal(`"\\${character}"`);
    return single(character);
  }

  #set(): Characters {
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at++;
    const found: [number, number][] = [];
    while (this.#text[this.#at] !== ']') {
      const low = this.#member();
      if (this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at++;
        found.push([low[0]![0], this.#member().at(-1)![1]]);
      } else for (const [from, to] of low) found.push([from, to]);
    }
    this.#at++;
    return negated ? inverse(found) : found;
  }

  #member(): Characters {
    const character = this.#text[this.#at++]!;
    return character === '\\' ? this.#escape() : single(character);
  }

  /** How often the atom before may stand; null for once. */
  #times(): readonly [least: number, most: number] | null {
    const rest = this.#text.slice(this.#at).join('');
    const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(rest);
    if (!found) return null;
    this.#at += found[0].length;
    if (found[0].startsWith('*')) return [0, Number.POSITIVE_INFINITY];
    if (found[0].startsWith('+')) return [1, Number.POSITIVE_INFINITY];
    if (found[0].startsWith('?')) return [0, 1];
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] ? Number(found[3]) : Number.POSITIVE_INFINITY;
    if (least > mostTimes || (most !== Number.POSITIVE_INFINITY && most > mostTimes))
      throw new Refusal(`a repetition of more than ${mostTimes} times`);
    return [least, most];
  }
}

type Piece = (follow: Characters) => Shape;

const one =
  (first: Characters): Piece =>
  () => ({ first, empty: false, loose: false });

const single = (character: string): Characters => [[character.codePointAt(0)!, character.codePointAt(0)!]];

function repeated(atom: Piece, [least, most]: readonly [number, number], text: string): Piece {
  return (follow) => {
    // What repeats is of fixed length, so that nothing in it asks what follows; what stands once may be anything.
    const inner = atom(most > 1 ? [] : follow);
    if (most > 1 && inner.loose)
      throw new Refusal(`a repetition or a choice nested in the repetition "${text}"`);
    if (most > 1 && inner.empty) throw new Refusal(`"${text}", which repeats what may be nothing`);
    if (least !== most && overlap(inner.first, follow))
      throw new Refusal(`"${text}" before something that begins with a character it may take too`);
    return { first: inner.first, empty: least === 0 || inner.empty, loose: least !== most || inner.loose };
  };
}

function shapeOfChoice(choices: readonly (readonly Piece[])[], follow: Characters): Shape {
  const shapes = choices.map((pieces) => shapeOfSequence(pieces, follow));
  return {
    first: shapes.flatMap(({ first }) => first),
    empty: shapes.some(({ empty }) => empty),
    loose: choices.length > 1 || shapes.some(({ loose }) => loose),
  };
}

function shapeOfSequence(pieces: readonly Piece[], follow: Characters): Shape {
  let shape: Shape = { first: [], empty: true, loose: false };
  let after = follow;
  for (const piece of pieces.toReversed()) {
    const found = piece(after);
    const first = found.empty ? [...found.first, ...shape.first] : found.first;
    shape = { first, empty: found.empty && shape.empty, loose: found.loose || shape.loose };
    after = found.empty ? [...found.first, ...after] : found.first;
  }
  return shape;
}

const overlap = (a: Characters, b: Characters): boolean =>
  a.some(([from, to]) => b.some(([low, high]) => from <= high && low <= to));

function inverse(set: Characters): Characters {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of [...set].sort((a, b) => a[0] - b[0])) {
    if (from > next) gaps.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= 0x10ffff) gaps.push([next, 0x10ffff]);
  return gaps;
}
