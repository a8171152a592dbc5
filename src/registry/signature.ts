import { hash, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';

/** A signature, whose it is said to be, and what it should stand under. */
export interface Signature {
  readonly keyid: string;
  readonly key: KeyObject;
  readonly signed: Uint8Array;
  readonly sig: Uint8Array;
}

/**
 * Digests of signatures that were found good: a release's own record is in the folder of each environment that it went
 * to, and several are best checked at once, before anybody asks for them one by one.
 */
const good = new Set<string>();
const mostGood = 50_000;

/** Whether the key made this signature of exactly these bytes. */
export function isSignature(signature: Signature): boolean {
  const name = nameOf(signature);
  if (good.has(name)) return true;
  const { signed, key, sig } = signature;
  return verify(null, signed, key, sig) && remember(name);
}

/** Checks many on all cores, away from this thread; `isSignature` then has its answer at hand. */
export async function checkSignatures(signatures: readonly Signature[]): Promise<void> {
  const byName = new Map(signatures.map((signature) => [nameOf(signature), signature]));
  const unknown = [...byName].filter(([name]) => !good.has(name));
  await Promise.all(
    unknown.map(async ([name, { signed, key, sig }]) => {
      if (await verifyAside(null, signed, key, sig).catch(() => false)) remember(name);
    }),
  );
}

const verifyAside = promisify(verify);

function remember(name: string): true {
  if (good.size >= mostGood) good.clear();
  good.add(name);
  return true;
}

/** The key's id is its digest, the signature of a length that is told: no two have one name. */
const nameOf = ({ keyid, signed, sig }: Signature): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${keyid} ${sig.length} `), sig, signed]), 'base64');
