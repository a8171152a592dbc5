import { type ErrorCode, LockstepError, type ParsedFile } from '../../workspace/index.ts';

/** Reads what other tools wrote: unknown keys are no fault, but what we do take must have its type. */
export interface Fields {
  readonly map: Readonly<Record<string, unknown>>;
  text(key: string): string | undefined;
  /** A whole number from 0 on. */
  count(key: string): number | undefined;
  flag(key: string): boolean | undefined;
  fields(key: string): Fields | undefined;
  /** The mappings of a list; other entries are refused. */
  list(key: string): readonly Fields[];
  fault(key: string, allowed: string, code?: ErrorCode): LockstepError;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Errors: E_CONFIG_TYPE. */
export function fieldsOf(parsed: ParsedFile, path: readonly (string | number)[] = []): Fields {
  let value: unknown = parsed.value;
  for (const step of path) value = (value as Record<string | number, unknown>)[step];
  if (!isMap(value)) throw faultAt(parsed, path, value, 'a mapping');
  const map = value;
  const typed =
    <T>(allowed: string, is: (found: unknown) => boolean) =>
    (key: string): T | undefined => {
      const found = Object.hasOwn(map, key) ? map[key] : undefined;
      if (found === undefined || found === null) return undefined;
      if (is(found)) return found as T;
      throw faultAt(parsed, [...path, key], found, allowed);
    };
  const list = typed<unknown[]>('a list', Array.isArray);
  return {
    map,
    text: typed('a text', (found) => typeof found === 'string'),
    count: typed('a whole number', (found) => Number.isSafeInteger(found) && (found as number) >= 0),
    flag: typed('true or false', (found) => typeof found === 'boolean'),
    fields: (key) => (isMap(map[key]) ? fieldsOf(parsed, [...path, key]) : undefined),
    list: (key) => (list(key) ?? []).map((_, index) => fieldsOf(parsed, [...path, key, index])),
    fault: (key, allowed, code) => faultAt(parsed, [...path, key], map[key], allowed, code),
  };
}

const faultAt = (
  parsed: ParsedFile,
  path: readonly (string | number)[],
  found: unknown,
  allowed: string,
  code: ErrorCode = 'E_CONFIG_TYPE',
): LockstepError =>
  new LockstepError(code, {
    what: `${path.join('.') || 'the file'} is ${JSON.stringify(found)?.slice(0, 80) ?? 'missing'}`,
    where: parsed.locate(path),
    allowed,
  });
