import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseYaml } from '../workspace/index.ts';
import { parseModelFile } from './model-yaml.ts';
import { compilePattern, patternFault } from './safe-pattern.ts';

test.each([
  '[A-Z]{3}',
  '^[A-Z]{2}[0-9]+$',
  '\\d+(?:\\.\\d+)?',
  '[^@]+@[^@]+',
  'yes|no|maybe',
  '(?:[0-9a-f]{2}:){5}[0-9a-f]{2}',
  '(?:\\d{3}-)+[A-Z]',
  '.*',
  '[a-z]*?-?[0-9]',
  '\\.[\\w-]+',
  `${'('.repeat(40)}a${'){2}'.repeat(20)}${')'.repeat(20)}`,
])('%s is taken', (pattern) => expect(patternFault(pattern)).toBeNull());

test.each([
  ['(a+)+', 'a repetition or a choice nested in the repetition "(a+)+"'],
  ['(?:a|a)*', 'a repetition or a choice nested in the repetition "(?:a|a)*"'],
  ['(?:a{1,2}){3}', 'a repetition or a choice nested in the repetition "(?:a{1,2}){3}"'],
  ['a*a', '"a*" before something that begins with a character it may take too'],
  ['.*@.*', '".*" before something that begins with a character it may take too'],
  ['\\w+(?:x|\\d)?', '"\\w+" before something that begins with a character it may take too'],
  ['a?a?a', '"a?" before something that begins with a character it may take too'],
  ['(?:a?){9}', 'a repetition or a choice nested in the repetition "(?:a?){9}"'],
  ['(?:){9}', '"(?:){9}", which repeats what may be nothing'],
  ['(?=a)a', 'a look-around or a named group'],
  ['(a)\\1', '"\\1"'],
  ['\\p{L}+', '"\\p"'],
  ['a^b', '"^" inside the pattern'],
  ['a{2000}', 'a repetition of more than 1000 times'],
  ['[', 'unterminated character class'],
  ['x'.repeat(201), 'a pattern of 201 characters'],
])('%s is refused', (pattern, fault) => expect(patternFault(pattern)).toBe(fault));

test('whatever is taken goes over a long text at once', () => {
  const piece = fc.constantFrom(
    'a',
    '[ab]',
    '.',
    'a*',
    'a+',
    'b?',
    '[ab]+',
    '(?:ab)*',
    '(?:a|b)',
    '(?:a|b)?',
    '(?:a+)+',
    '[^a]*',
    '(?:a|ab)*',
    'a{0,9}',
  );
  const patterns = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(patterns, (pattern) => {
      if (patternFault(pattern) !== null) return;
      const clock = performance.now();
      for (const text of ['a'.repeat(5000), `${'ab'.repeat(2500)}!`, `${'a'.repeat(5000)}!`])
        compilePattern(pattern).test(text);
      expect(performance.now() - clock).toBeLessThan(1000);
    }),
    { numRuns: 2000 },
  );
});

const expectation = (line: string) => () =>
  parseModelFile(
    parseYaml(
      `task: regression\noutput: {name: y}\ninputs: [{name: a, type: number}]\ndata:\n  expectations:\n    - ${line}\n`,
      'models/m/model.yaml',
    ),
  );

test.each([
  [
    '{column: a, matches: "(a+)+"}',
    'E_CONFIG_VALUE: the pattern is not safe: a repetition or a choice nested in the repetition "(a+)+" in models/m/model.yaml:6:',
  ],
  ['{column: a, at-least: 3, at-most: 2}', 'from 3 to 2'],
  ['{column: a, at-least: 3, at-most: "2001-01-01"}', 'from 3 to 2001-01-01'],
  ['{column: a}', 'an expectation that expects nothing'],
  ['{dataset: d.csv, unique: true}', 'unique without a column'],
  ['{dataset: d.csv, column: a, rows-at-least: 3}', 'an expectation of rows that names a column'],
  ['{rows-at-least: 3}', 'rows-at-least of no dataset'],
  ['{column: a, value: x}', 'a value without its share'],
  ['{column: a, share-at-least: 0.1}', 'a value without its share, or a share of no value'],
  ['{column: a, nulls-at-most: 2}', 'E_CONFIG_VALUE'],
  ['{column: a, atleast: 2}', 'did you mean "at-least"'],
])('model.yaml refuses %s', (line, message) => expect(expectation(line)).toThrow(message));
