import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'rolldown';
import { parseSync, Visitor } from 'rolldown/utils';
import { openAjv } from '../src/workspace/schema.ts';
import { vendorPrefix } from './vendor-chunks.ts';

// Schemas are handed to the bundles with their checking code, where `checkSchema` looks for it: compiled when it starts,
// they would take a light action a tenth of a second, and ajv is larger than all of them.

const published = /[\\/]docs[\\/]schemas[\\/]([\w-]+)\.json$/;
/** A module that exports `documents`, schemas by their names. */
const inSource = /[\\/]src[\\/]image[\\/]oci-schema\.ts$/;

/** In chunks that are minified, as nobody reads them: what is read together is together. */
const chunks: Readonly<Record<string, readonly string[]>> = {
  schemas: ['lockstep', 'pipeline', 'run'],
  'schemas-records': ['keys', 'record', 'release', 'statement', 'train-request'],
  'schemas-verdicts': ['model', 'comparison', 'evaluation', 'policy', 'verdict', 'judged'],
};

export const compiledSchemaChunk = (id: string): string | null => {
  const name = inSource.test(id) ? 'oci' : published.exec(id)?.[1];
  if (name === undefined) return null;
  const chunk = Object.keys(chunks).find((each) => chunks[each]!.includes(name));
  return vendorPrefix + (chunk ?? 'schemas-others');
};

export const compiledSchemas: Plugin = {
  name: 'compiled-schemas',
  resolveId: { filter: { id: /^ajv\/dist\/2020\.js$/ }, handler: () => '\0without-ajv' },
  load: {
    filter: { id: [published, inSource, /^\0without-ajv$/] },
    async handler(id) {
      if (id.startsWith('\0')) return withoutAjv;
      if (published.test(id)) {
        const code = compiled(readFileSync(id, 'utf8'), basename(id));
        return { code: `export default ${code};\n`, moduleType: 'js' };
      }
      const { documents } = (await import(id)) as { documents: Record<string, object> };
      const each = Object.entries(documents).map(
        ([name, schema]) => `${name}: ${compiled(JSON.stringify(schema), name)}`,
      );
      return { code: `export const documents = {${each.join(',\n')}};\n`, moduleType: 'js' };
    },
  },
};

const withoutAjv =
  "export class Ajv2020 {\n  constructor() { throw new Error('a schema that was not compiled ahead'); }\n}\n";

/** What stands for the helpers of ajv's that the compiled code of our schemas asks for. */
const helpers = {
  'require("ajv/dist/runtime/ucs2length").default': String.raw`((text) => text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_').length)`,
  'require("ajv/dist/runtime/equal").default': "process.getBuiltinModule('node:util').isDeepStrictEqual",
};

/** Keywords that `checkSchema` has words of its own for. */
const worded =
  /^((additional|unevaluated)Properties|required|type|enum|uniqueItems|pattern|min(Items|Properties)|(min|max)Length|minimum|maximum|exclusiveM(in|ax)imum)$/;

/** Definitions that are checked by themselves (src/registry/release.ts), by file. */
const alone: Readonly<Record<string, readonly string[]>> = { 'release.json': ['envelope'] };
const ahead = "[Symbol.for('lockstep.compiled')]";

/** An expression: the schema, with its checking code. */
export function compiled(text: string, name: string): string {
  const schema = JSON.parse(text, withoutProse) as { readonly $defs?: Record<string, object> };
  const ajv = openAjv({ source: true, esm: true, optimize: 2 });
  let code = standalone
    .default(ajv, ajv.compile(schema))
    .replace('"use strict";export const validate = validate0;export default validate0;', '');
  for (const [helper, ours] of Object.entries(helpers)) code = code.replaceAll(helper, ours);
  code = shortFailures(code).replaceAll(escaping, 'step($1)');
  // ajv writes each definition a second time.
  for (const [key, definition] of Object.entries(schema.$defs ?? {}))
    code = code.replaceAll(
      ` = ${JSON.stringify(definition)};`,
      () => ` = schema0.$defs[${JSON.stringify(key)}];`,
    );
  if (!code.includes('const schema0 =') || /require\(|schemaPath/.test(code))
    throw new Error(`ajv compiles ${name} to something else than it did`);
  const parts = (alone[name] ?? []).map(
    (key) => `schema0.$defs.${key}${ahead} = ${compiled(JSON.stringify(schema.$defs![key]), key)}${ahead};\n`,
  );
  return `(() => {\n${fail}${code}\nschema0${ahead} = validate0;\n${parts.join('')}return schema0;\n})()`;
}

/** ajv writes half a kilobyte for each thing that may be wrong, of which `checkSchema` reads a third. */
function shortFailures(code: string): string {
  const parts: string[] = [];
  let from = 0;
  new Visitor({
    VariableDeclaration({ start, end, declarations: [declared] }) {
      const { id, init } = declared!;
      if (id.type !== 'Identifier' || !/^err\d/.test(id.name) || init?.type !== 'ObjectExpression') return;
      // Inside a `not`, where nobody reads it, it is empty.
      if (init.properties.length === 0) return;
      const kept = `if(vErrors === null){vErrors = [${id.name}];}else {vErrors.push(${id.name});}errors++;`;
      if (!code.startsWith(kept, end)) return;
      const said = new Map(
        init.properties.map((property) => {
          if (property.type !== 'Property' || property.key.type !== 'Identifier')
            throw new Error('ajv writes errors of another form');
          return [property.key.name, code.slice(property.value.start, property.value.end)];
        }),
      );
      const words = ['instancePath', 'keyword', 'params', 'parentSchema', 'data'].map((key) => said.get(key));
      if (!worded.test(JSON.parse(said.get('keyword')!))) words.push(said.get('message'));
      parts.push(code.slice(from, start), `vErrors = fail(vErrors, ${words.join(', ')});errors++;`);
      from = end + kept.length;
    },
  }).visit(parseSync('schema.js', code).program);
  return parts.join('') + code.slice(from);
}

/** A key as a step of a JSON pointer. */
const escaping = /(\w+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g;

const fail = `const step = (key) => key.replace(/~/g, '~0').replace(/\\//g, '~1');
const fail = (errors, instancePath, keyword, params, parentSchema, data, message) => {
  (errors ??= []).push({ instancePath, keyword, params, parentSchema, data, message });
  return errors;
};
`;

/** What a schema says to people; a key of that name inside `properties` is a schema and stays. */
const withoutProse = (key: string, value: unknown): unknown =>
  (key === 'description' || key === 'title' || key === '$schema') && typeof value === 'string'
    ? undefined
    : value;
