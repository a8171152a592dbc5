import { expect, test } from 'vitest';
import { parseJson } from './json-file.ts';
import { readPrinted } from './printed-json.ts';

const deepest = 64;

test.each([
  '{"a":1,"b":[true,null,"é\\n"],"__proto__":{}}',
  '[]',
  '"text"',
  '-1.5e-7',
  '{\n"record": {"a":[1]},\n"promotion": {}\n}\n',
])('what is as we print it is read at once, and the same: %j', (text) => {
  expect(readPrinted(text, deepest)).toEqual(JSON.parse(text));
  expect(parseJson(text, 'a.json').value).toEqual(JSON.parse(text));
});

test.each([
  '{"a":1,"a":1}',
  '{"a": 1}',
  '{\n"a": 1,\n"a": 1\n}\n',
  '1e999',
  '1.0',
  '-0',
  '"\\u0061"',
  '{"2":0,"1":0}',
  '{"a":',
  `${'['.repeat(65)}${']'.repeat(65)}`,
  JSON.stringify('x'.repeat(70_000)),
])('nothing else is: %#', (text) => {
  expect(readPrinted(text, deepest)).toBeUndefined();
});

test('as deep as may be, and no deeper', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(readPrinted(nested(64), deepest)).toBeDefined();
  expect(() => parseJson(nested(65), 'a.json')).toThrow('E_JSON_DEPTH');
  expect(() => parseJson('{"a":1,"a":1}', 'a.json')).toThrow('E_JSON_DUPLICATE');
  expect(() => parseJson('{"a":1e999}', 'a.json')).toThrow('E_NUMBER_NOT_FINITE');
});
