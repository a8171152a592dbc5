import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'rolldown';
import { openAjv } from '../src/workspace/schema.ts';
import { vendorPrefix } from './vendor-chunks.ts';

/** What every light action reads: compiled when it starts, these would take it a tenth of a second. */
const ahead = /[\\/]docs[\\/]schemas[\\/](lockstep|pipeline|model|policy|judged|run|comparison)\.json$/;

/** Each in a chunk of its own, to be minified: nobody reads them. */
export const compiledSchemaChunk = (id: string): string | null => {
  const name = ahead.exec(id)?.[1];
  return name === undefined ? null : `${vendorPrefix}schema-${name}`;
};

/** The one helper of ajv's that the compiled code of our schemas asks for. */
const helper = 'require("ajv/dist/runtime/ucs2length").default';

/** Hands schemas over with their checking code, where `checkSchema` looks for it. */
export const compiledSchemas: Plugin = {
  name: 'compiled-schemas',
  load: {
    filter: { id: ahead },
    handler: (id) => ({ code: compiled(id), moduleType: 'js' }),
  },
};

function compiled(path: string): string {
  const text = readFileSync(path, 'utf8');
  const ajv = openAjv({ source: true, esm: true, optimize: 2 });
  const code = standalone
    .default(ajv, ajv.compile(JSON.parse(text) as object))
    .replace('export const validate = validate0;export default validate0;', '')
    .replaceAll(helper, '((text) => [...text].length)');
  if (!code.includes('const schema0 =') || code.includes('require('))
    throw new Error(`ajv compiles ${basename(path)} to something else than it did`);
  return `${code}\nschema0[Symbol.for('lockstep.compiled')] = validate0;\nexport default schema0;\n`;
}
