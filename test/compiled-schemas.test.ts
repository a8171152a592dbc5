import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { compiled } from '../scripts/compiled-schemas.ts';
import { documents } from '../src/image/oci-schema.ts';
import {
  checkSchema,
  digestOf,
  type JsonSchema,
  type ParsedFile,
  parseJson,
  parseYaml,
} from '../src/workspace/index.ts';

// The checking code of the bundles against ajv itself, by what somebody is told.

const schemas = join(dirname(import.meta.dirname), 'docs/schemas');
const names = readdirSync(schemas)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));
const examples = readdirSync(join(schemas, 'examples'));

/** What may stand where something else should. */
const wrong = [null, '', 'x', -1, 0.5, true, [], ['x', 'x'], {}, { x: 1 }] as const;

/** The value with one place changed, for every place: replaced, taken away, or with a key too many. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* wrong;
  if (value === null || typeof value !== 'object') return;
  const entries = Object.entries(value);
  const made = (changed: [string, unknown][]) =>
    Array.isArray(value) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
  yield made([...entries, ['unknown-key', 1]]);
  for (const [place, [key, inner]] of entries.entries()) {
    yield made(entries.toSpliced(place, 1));
    for (const other of spoilt(inner)) yield made(entries.with(place, [key, other]));
  }
}

const examplesOf = (name: string): ParsedFile[] =>
  examples
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => {
      const content = readFileSync(join(schemas, 'examples', file), 'utf8');
      return file.endsWith('.json') ? parseJson(content, file) : parseYaml(content, file);
    });

const blob = { mediaType: 'x', digest: digestOf('x'), size: 1, annotations: { a: 'b' } };
const goodDocuments: Readonly<Record<keyof typeof documents, object>> = {
  manifest: { schemaVersion: 2, config: blob, layers: [blob], subject: blob },
  index: { schemaVersion: 2, manifests: [blob] },
  config: { architecture: 'x', os: 'x', rootfs: { type: 'layers', diff_ids: ['x'] } },
};

test.each([
  ...names.map(
    (name) => [name, readFileSync(join(schemas, `${name}.json`), 'utf8'), examplesOf(name)] as const,
  ),
  ...Object.entries(documents).map(([name, schema]) => {
    const good = JSON.stringify(goodDocuments[name as keyof typeof documents]);
    return [`OCI ${name}`, JSON.stringify(schema), [parseJson(good, name)]] as const;
  }),
])('%s', async (name, text, parsed) => {
  const byAjv = JSON.parse(text) as JsonSchema;
  const source = `export default ${compiled(text, name)};`;
  const module = await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`);
  const ahead = (module as { default: JsonSchema }).default;
  let [taken, refused] = [0, 0];
  for (const file of parsed)
    for (const value of [file.value, ...spoilt(file.value)]) {
      const told = [byAjv, ahead].map((schema) => {
        try {
          checkSchema({ ...file, value, locate: (path) => ({ file: path.join('/') }) }, schema);
          return 'taken';
        } catch (error) {
          return (error as Error).message;
        }
      });
      expect(told[1]).toBe(told[0]);
      if (told[0] === 'taken') taken++;
      else refused++;
    }
  expect(Math.min(taken, refused)).toBeGreaterThan(0);
});
