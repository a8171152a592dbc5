import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isCollection, isScalar, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import { readPlainYaml } from './plain-yaml.ts';

const flat = (value: unknown) => (typeof value === 'object' && value !== null ? 'collection' : value);

const plain = (text: string) =>
  readPlainYaml(text)?.map(({ value, pairs }) => ({
    value,
    pairs: pairs.map((pair) => [pair.key, flat(pair.value), pair.line]),
  })) ?? null;

/** The same by the whole parser. */
function whole(text: string) {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) return problem.message;
    const pairs: unknown[] = [];
    visit(document, {
      Pair(_, { key, value }) {
        const said = isScalar(value) ? value.value : isCollection(value) ? 'collection' : value;
        pairs.push([
          isScalar(key) ? key.value : key,
          said,
          lineCounter.linePos((key as Node).range![0]).line,
        ]);
      },
    });
    return { value: document.toJS() as unknown, pairs };
  });
}

test('the manifests that init writes are read, and as the whole parser reads them', () => {
  const folder = join(import.meta.dirname, '../../models/flight-delay/deploy');
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(plain(text), name).not.toBeNull();
    expect(plain(text), name).toEqual(whole(text));
  }
});

test.each([
  '',
  'a: *b',
  'a: &b c',
  'a: !t b',
  'a: |\n  b',
  'a: b\n  c',
  'a: b\n  c: d',
  'a: 1\na: 2',
  '? a',
  'a: 0x1f',
  'a: 1e3',
  'a: 08',
  'a: .5',
  'a: -1',
  'a: yes',
  'a: null',
  'null: a',
  '"a": b',
  'a: "\\n"',
  'a:\tb',
  'a: b\r\n',
  'a: é',
  '__proto__: 1',
  '- - a',
  'a: - b',
  'a: [b',
  'a: {b: c,}',
  'a: {b}',
  'a: b: c',
  'a: "b"c',
  'a:\n  b: 1\n c: 2',
  'a\n',
  '...',
  `${'a: {'.repeat(30)}${'}'.repeat(30)}`,
])('what is unusual is left to the whole parser: %j', (text) => {
  expect(readPlainYaml(text)).toBeNull();
});

test('whatever is read is read as the whole parser does, of texts by chance', () => {
  let seed = 20261127;
  const below = (most: number) => {
    // mulberry32 (public domain, Tommy Ettinger).
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  };
  const oneOf = (choices: readonly string[]) => choices[below(choices.length)]!;
  const values = ['x', '1', '"q r"', "'s'", '{a: 1, b: c}', '[d, 2]', '{}', '[]', 'true', '128Mi', '', 'a-b'];
  const deep = [
    '{a: {b: [c, {d: e}]}}',
    '[{x: y}, z]',
    'host:5000/m@sha256:00ff',
    './p',
    '/p',
    '12:30',
    '0x1f',
  ];
  const ends = ['', '', '', '  ', ' # note: [x', ' #'];
  const between = ['# c\n', '\n', '   \n', '---\n', '  # c\n'];
  const marks = [
    ': ',
    ':',
    '- ',
    '-',
    '{',
    ']',
    ', ',
    '"',
    "'",
    '#',
    '\n',
    '\n  ',
    '&',
    '*',
    '!',
    '|',
    '~',
    '.',
    'é',
    '\t',
    '1e3',
    'no',
    '<<',
  ];
  const block = (indent: number, depth: number): string => {
    const pad = ' '.repeat(indent);
    const isSequence = below(3) === 0;
    return Array.from({ length: 1 + below(3) }, (_, at) => {
      const rest = `${oneOf([...values, ...deep])}${oneOf(ends)}\n${below(8) === 0 ? oneOf(between) : ''}`;
      const isLeaf = depth > 2 || below(2) === 0;
      if (isSequence) return `${pad}- ${isLeaf ? rest : block(indent + 2, depth + 1).trimStart()}`;
      const key = `${oneOf(['name', 'image', 'path', 'kind', 'a/b.c', 'constructor'])}${below(4) ? at : ''}`;
      return isLeaf
        ? `${pad}${key}: ${rest}`
        : `${pad}${key}:${oneOf(ends)}\n${block(indent + [0, 1, 2, 2, 2, 4][below(6)]!, depth + 1)}`;
    }).join('');
  };
  let read = 0;
  for (let turn = 0; turn < 4000; turn++) {
    let text = block(0, 0);
    for (let change = below(3); change > 0; change--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + (below(2) ? oneOf(marks) : '') + text.slice(at + below(3));
    }
    const found = plain(text);
    if (found === null) continue;
    read++;
    expect(found, JSON.stringify(text)).toEqual(whole(text));
  }
  expect(read).toBeGreaterThan(800);
});
