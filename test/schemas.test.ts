import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parseLock } from '../src/data/index.ts';
import {
  checkSchema,
  type JsonSchema,
  type ParsedFile,
  parseJson,
  parseYaml,
} from '../src/workspace/index.ts';

const schemas = join(dirname(import.meta.dirname), 'docs/schemas');
const names = readdirSync(schemas)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));
const examples = readdirSync(join(schemas, 'examples'));

/** Read once: a schema has an identity of its own, and is compiled once. */
const read = new Map(
  names.map((name) => [name, JSON.parse(readFileSync(join(schemas, `${name}.json`), 'utf8')) as JsonSchema]),
);
const readSchema = (name: string): JsonSchema => read.get(name)!;

/** The example as its own reader sees it: YAML, JSON, or the lock's line grammar. */
function readExample(file: string): ParsedFile {
  const text = readFileSync(join(schemas, 'examples', file), 'utf8');
  if (file.endsWith('.yaml')) return parseYaml(text, file);
  if (file.endsWith('.json')) return parseJson(text, file);
  parseLock(Buffer.from(text), file);
  return parseYaml(text, file);
}

test('there is a schema for every format', () => {
  expect(names).toEqual(
    expect.arrayContaining([
      'data-lock',
      'pipeline',
      'model',
      'policy',
      'run',
      'candidate',
      'predictions',
      'evaluation',
      'verdict',
      'record',
      'release',
      'holds',
      'summary',
      'lockstep',
    ]),
  );
});

test.each(names)('%s is a JSON Schema of draft 2020-12', (name) => {
  const ajv = new Ajv2020();
  ajv.validateSchema(readSchema(name));
  expect(ajv.errors ?? []).toEqual([]);
});

test.each(names)('%s has a good example that passes', (name) => {
  const good = examples.filter((file) => file.startsWith(`${name}.good.`));
  expect(good).toHaveLength(1);
  expect(checkSchema(readExample(good[0]!), readSchema(name))).toBeTruthy();
});

test.each(names)('%s has a bad example that is refused', (name) => {
  const bad = examples.filter((file) => file.startsWith(`${name}.bad.`));
  expect(bad).toHaveLength(1);
  expect(() => checkSchema(readExample(bad[0]!), readSchema(name))).toThrow(/^E_[A-Z_]+: /);
});
