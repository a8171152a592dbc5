import { expect, test } from 'vitest';
import { isLockstepError } from './errors.ts';
import { parseJson } from './json-file.ts';
import { parseYaml } from './yaml-file.ts';

const yaml = (text: string | Uint8Array) => parseYaml(text, 'policy.yaml').value;
const json = (text: string) => parseJson(text, 'candidate.json').value;

/** The whole message, so that a change of wording is seen in review. */
function messageOf(work: () => unknown): string {
  try {
    return `accepted: ${JSON.stringify(work())}`;
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}

test.each([
  ['an alias', 'a: &x 1\nb: *x\n'],
  ['an anchor alone', 'a: &x 1\n'],
  ['a tag', 'a: !!js/function "x"\n'],
  ['a tag of another language', 'a: !!python/object:os.system x\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
  ['a key twice', 'a: 1\nb: 2\na: 3\n'],
  ['20,000 levels', `${'['.repeat(20_000)}\n`],
  ['100 levels', `a: ${'['.repeat(100)}${']'.repeat(100)}\n`],
  ['a tab as indentation', 'a:\n\tb: 1\n'],
  ['300 KiB', `a: "${'x'.repeat(300 * 1024)}"\n`],
  ['.nan', 'at-least: .nan\n'],
  ['1e400', 'at-least: 1e400\n'],
  ['Norway', 'country: no\n'],
  ['nothing', ''],
  ['a byte order mark', '\ufeffa: 1\n'],
])('YAML with %s is refused with its place', (_name, text) => {
  expect(messageOf(() => yaml(text))).toMatchSnapshot();
});

test('YAML that is not UTF-8 is refused', () => {
  expect(messageOf(() => yaml(Uint8Array.of(0x61, 0x3a, 0x20, 0xff)))).toMatchInlineSnapshot(
    `"E_CONFIG_ENCODING: bytes that are not UTF-8 in policy.yaml — UTF-8 without a byte order mark."`,
  );
});

test.each([
  ['a trailing comma', '{"a": 1,}'],
  ['a comment', '{"a": 1 /* one */}'],
  ['a name twice', '{"accuracy": 0.1,\n "accuracy": 0.99}'],
  ['200,000 levels', '['.repeat(200_000)],
  ['1e400', '{"a": 1e400}'],
  ['an end too early', '{"a": '],
])('JSON with %s is refused with its place', (_name, text) => {
  expect(messageOf(() => json(text))).toMatchSnapshot();
});

test('what is well-formed comes through, and knows its lines', () => {
  const parsed = parseYaml(
    'checks:\n  - {metric: roc_auc, at-least: 0.6}\n  - metric: "no"\n',
    'policy.yaml',
  );
  expect(parsed.value).toEqual({ checks: [{ metric: 'roc_auc', 'at-least': 0.6 }, { metric: 'no' }] });
  expect(parsed.locate(['checks', 1, 'metric'])).toEqual({ file: 'policy.yaml', line: 3, column: 5 });
  expect(parsed.locate(['checks', 7])).toEqual({ file: 'policy.yaml', line: 1, column: 1 });
  expect(json('{"a": {"b": "a"}, "b": [{"a": 1}, {"a": 2}]}')).toEqual({
    a: { b: 'a' },
    b: [{ a: 1 }, { a: 2 }],
  });
});
