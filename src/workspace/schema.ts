import { Ajv2020, type CodeOptions, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ErrorCode } from './error-codes.ts';
import { LockstepError } from './errors.ts';
import { nearest } from './suggestion.ts';
import type { ParsedFile } from './yaml-file.ts';

/** A JSON Schema of `docs/schemas/`. `x-code` maps a keyword that failed to an error code of its own. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const compiled = new Map<JsonSchema, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/**
 * Checks a parsed file against its published schema and hands its value back with the schema's type.
 * Errors: E_CONFIG_KEY (unknown, with a suggestion, or missing), E_CONFIG_TYPE, E_CONFIG_VALUE, or the code
 * that the schema names in `x-code`; all with file, line and column.
 */
export function checkSchema<T>(parsed: ParsedFile, schema: JsonSchema): T {
  const validate = compiledFor(schema);
  if (validate(parsed.value)) return parsed.value as T;
  throw schemaError(parsed, mostTelling(validate.errors ?? []));
}

/** Where our bundles carry a schema's checking code (scripts/compiled-schemas.ts). */
const compiledAhead = Symbol.for('lockstep.compiled');

function compiledFor(schema: JsonSchema): ValidateFunction {
  const ahead = (schema as { readonly [compiledAhead]?: ValidateFunction })[compiledAhead];
  if (ahead) return ahead;
  let validate = compiled.get(schema);
  if (!validate) {
    // Half the time of compiling: what runs once or twice need not be fast.
    ajv ??= openAjv({ optimize: false });
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/** As all of our schemas are compiled; a test checks them against the meta-schema. */
export const openAjv = (code: CodeOptions): Ajv2020 =>
  new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
    validateSchema: false,
    code,
  }).addVocabulary(['x-code', 'x-allowed']);

/** Of several failures the one furthest inside the value says most; a failed choice says least. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject {
  const weight = (error: ErrorObject) =>
    error.instancePath.split('/').length * 4 +
    (error.keyword === 'additionalProperties'
      ? 2
      : error.keyword === 'anyOf' || error.keyword === 'oneOf' || error.keyword === 'if'
        ? -2
        : 1);
  return [...errors].sort((a, b) => weight(b) - weight(a))[0]!;
}

function schemaError(parsed: ParsedFile, error: ErrorObject): LockstepError {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const at = path.join('.') || 'the top level';
  const parent = error.parentSchema as Record<string, unknown>;
  const code = (parent['x-code'] as Record<string, ErrorCode> | undefined)?.[error.keyword];
  const allowed = parent['x-allowed'] as string | undefined;
  const params = error.params as Record<string, unknown>;
  const where = parsed.locate(path.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty);
      const known = Object.keys((parent.properties as object | undefined) ?? {});
      const near = nearest(key, known);
      return new LockstepError(code ?? 'E_CONFIG_KEY', {
        what: `unknown key "${key}" at ${at}`,
        where: parsed.locate([...path, key]),
        allowed: allowed ?? known.join(', '),
        fix: near ? `did you mean "${near}"?` : 'remove the key',
      });
    }
    case 'required':
      return new LockstepError(code ?? 'E_CONFIG_KEY', {
        what: `no "${String(params.missingProperty)}" at ${at}`,
        where,
        allowed: allowed ?? 'the key is required',
        fix: `add ${String(params.missingProperty)}`,
      });
    case 'type':
      return new LockstepError(code ?? 'E_CONFIG_TYPE', {
        what: `${at} is ${describe(error.data)}`,
        where,
        allowed: allowed ?? [params.type].flat().map(typeWord).join(' or '),
      });
    default:
      return new LockstepError(code ?? 'E_CONFIG_VALUE', {
        what: `${at} is ${describe(error.data)}`,
        where,
        allowed: allowed ?? ruleOf(error),
      });
  }
}

function ruleOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  if (Array.isArray(params.allowedValues)) return `one of ${params.allowedValues.map(String).join(', ')}`;
  const { limit } = params;
  switch (error.keyword) {
    case 'minItems':
      return `at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    case 'minProperties':
      return `at least ${limit} ${limit === 1 ? 'key' : 'keys'}`;
    case 'minLength':
      return limit === 1 ? 'a text that is not empty' : `at least ${limit} characters`;
    case 'maxLength':
      return `at most ${limit} characters`;
    case 'minimum':
      return `${limit} or more`;
    case 'exclusiveMinimum':
      return `more than ${limit}`;
    case 'maximum':
      return `${limit} or less`;
    case 'exclusiveMaximum':
      return `less than ${limit}`;
    case 'uniqueItems':
      return 'each entry once';
    case 'pattern':
      return `a text that matches ${params.pattern}`;
    default:
      return error.message ?? error.keyword;
  }
}

/** JSON Schema's types in the words of somebody who writes YAML. */
const typeWord = (type: unknown): string =>
  ({
    object: 'a mapping',
    array: 'a list',
    string: 'a text',
    number: 'a number',
    integer: 'a whole number',
    boolean: 'true or false',
  })[String(type)] ?? String(type);

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object')
    return `a mapping of ${Object.keys(value).join(', ') || 'nothing'}`;
  return typeof value === 'string'
    ? `the text "${value}"`
    : `${typeof value === 'object' ? '' : `the ${typeof value} `}${String(value)}`;
}

const unescapePointer = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
