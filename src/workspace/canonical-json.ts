import canonicalize from 'canonicalize';
import { type Digest, digestOf } from './digest.ts';

/**
 * RFC 8785 (JSON Canonicalization Scheme): one value, one text, so that a digest of it means something.
 * Throws a TypeError for what JSON can't hold (NaN, infinities, functions): a defect of the caller.
 */
export function canonicalJson(value: unknown): string {
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON form');
  return text;
}

export const digestOfJson = (value: unknown): Digest => digestOf(canonicalJson(value));
