import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import golden from '../../docs/schemas/golden.json' with { type: 'json' };
import metadata from '../../docs/schemas/metadata.json' with { type: 'json' };
import prediction from '../../docs/schemas/prediction.json' with { type: 'json' };
import { toyGolden } from '../../test/toy-server.ts';
import { checkSchema, type JsonSchema, parseJson } from '../workspace/index.ts';

const check = (text: string | Buffer, schema: JsonSchema) =>
  checkSchema(parseJson(text, 'example.json'), schema);

describe.each<[string, JsonSchema, string]>([
  ['golden', golden, 'requests.0.inputs.tenure is a list of 1'],
  ['metadata', metadata, 'modelDigest is the text "9f86'],
  ['prediction', prediction, 'time is the text "yesterday"'],
])('%s.json', (name, schema, problem) => {
  const example = (kind: string) =>
    readFileSync(new URL(`../../docs/schemas/examples/${name}.${kind}.json`, import.meta.url));
  it('takes the good example and refuses the bad one', () => {
    expect(check(example('good'), schema)).toBeTruthy();
    expect(() => check(example('bad'), schema)).toThrow(problem);
  });
});

it('holds for golden requests as they are made', () => {
  expect(check(JSON.stringify(toyGolden), golden)).toEqual(toyGolden);
});
