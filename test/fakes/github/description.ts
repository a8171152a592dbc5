import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Description } from './extract.ts';

type Json = Record<string, unknown>;

/** The extract that is committed (extract.ts makes it). */
export const description = JSON.parse(
  brotliDecompressSync(readFileSync(join(import.meta.dirname, 'description.json.br'))).toString(),
) as Description;
const { operations, $defs } = description;

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false, coerceTypes: false });
const compiled = new Map<object, ValidateFunction>();

/** What is wrong with a value, by GitHub's own schema, in a line; null when nothing is. */
export function violation(schema: Json, value: unknown): string | null {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile({ ...schema, $defs });
    compiled.set(schema, validate);
  }
  if (validate(value)) return null;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath || 'the value'} ${error?.message} ${JSON.stringify(error?.params)}`;
}

export interface Matched {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const patterns = Object.keys(operations).map((operation) => {
  const [method, path] = operation.split(' ') as [string, string];
  const source = path.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/]+)`);
  return { operation, method, pattern: new RegExp(`^${source}$`) };
});

/** Which operation of the description a request is, with the parameters of its path; null for none we know. */
export function matchOperation(method: string, path: string): Matched | null {
  for (const entry of patterns) {
    const found = entry.method === method ? entry.pattern.exec(path) : null;
    if (!found) continue;
    const parameters = Object.entries(found.groups ?? {}).map(([name, text]) => [
      name,
      decodeURIComponent(text),
    ]);
    return { operation: entry.operation, parameters: Object.fromEntries(parameters) };
  }
  return null;
}

/** What is wrong with a request: a query nobody described, a body that breaks its schema. */
export function requestViolation(operation: string, query: URLSearchParams, body: unknown): string | null {
  const { query: known, body: schema } = operations[operation]!;
  for (const [name, text] of query) {
    if (!Object.hasOwn(known, name)) return `the query ${name} is not described`;
    const wanted = known[name] as { type?: string };
    const value =
      wanted.type === 'integer' ? Number(text) : wanted.type === 'boolean' ? text === 'true' : text;
    const wrong = violation(wanted, value);
    if (wrong) return `the query ${name}: ${wrong}`;
  }
  if (schema === null) return body === undefined ? null : 'a body, where none is described';
  return body === undefined ? null : violation(schema, body);
}

/** What is wrong with an answer: a status nobody described, a body that breaks its schema. */
export function answerViolation(operation: string, status: number, body: unknown): string | null {
  const { answers } = operations[operation]!;
  if (!Object.hasOwn(answers, String(status))) return `the status ${status} is not described`;
  const schema = answers[String(status)];
  return schema ? violation(schema, body) : null;
}

/** A whole answer from the few fields that a test cares about: what GitHub also requires gets a value that says nothing. */
export function filled(operation: string, status: number, value: unknown): unknown {
  const schema = operations[operation]!.answers[String(status)];
  return schema ? fill(schema, value) : value;
}

function fill(schema: Json, value: unknown): unknown {
  const target = resolve(schema);
  if (Array.isArray(value)) return value.map((item) => fill((target.items as Json) ?? {}, item));
  if (value === null || (value !== undefined && typeof value !== 'object')) return value;
  const properties = (target.properties ?? {}) as Record<string, Json>;
  const given = (value ?? {}) as Json;
  const required = ((target.required ?? []) as string[]).filter((name) => !(name in given));
  return {
    ...Object.fromEntries(
      Object.entries(given).map(([name, one]) => [name, fill(properties[name] ?? {}, one)]),
    ),
    ...Object.fromEntries(required.map((name) => [name, nothing(properties[name] ?? {})])),
  };
}

/** The least that a schema takes. */
function nothing(schema: Json): unknown {
  const target = resolve(schema);
  if (Array.isArray(target.enum)) return target.enum[0];
  const types = [target.type].flat();
  if (types.includes('null')) return null;
  if (types.includes('array')) return [];
  if (types.includes('integer') || types.includes('number')) return 1;
  if (types.includes('boolean')) return false;
  if (types.includes('string')) return 'text';
  return fill(target, {});
}

/** Follows references, and takes the first of several choices that is not null. */
function resolve(schema: Json): Json {
  if (typeof schema.$ref === 'string') return resolve($defs[schema.$ref.split('/').at(-1)!] as Json);
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices) {
    if (choices.some((choice) => choice.type === 'null')) return { type: 'null' };
    return resolve(choices[0]!);
  }
  const all = schema.allOf as Json[] | undefined;
  return all ? resolve(all[0]!) : schema;
}
