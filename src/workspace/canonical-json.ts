import canonicalize from 'canonicalize';
import { type Digest, digestOf } from './digest.ts';

/**
 * RFC 8785 (JSON Canonicalization Scheme): one value, one text, so that a digest of it means something.
 * Throws a TypeError for what JSON can't hold (NaN, infinities, functions): a defect of the caller.
 */
export function canonicalJson(value: unknown): string {
  // What we wrote in that form and read back is in it already.
  if (isOrdered(value, 0)) return JSON.stringify(value);
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON form');
  return text;
}

/** Whether `JSON.stringify` prints it canonically: names in order, and nothing that it would take for something else. */
function isOrdered(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'boolean';
  if (depth > 64 || 'toJSON' in value) return false;
  if (Array.isArray(value)) {
    // By index, since `every` leaves holes out.
    for (let index = 0; index < value.length; index++) if (!isOrdered(value[index], depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  let before = '';
  for (const [name, each] of Object.entries(value)) {
    if (name < before || !name.isWellFormed() || !isOrdered(each, depth + 1)) return false;
    before = name;
  }
  return true;
}

export const digestOfJson = (value: unknown): Digest => digestOf(canonicalJson(value));
