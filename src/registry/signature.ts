import { type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';

/** A signature, whose it is said to be, and what it should stand under. */
export interface Signature {
  /** Digest of the key. */
  readonly keyid: string;
  readonly key: KeyObject;
  readonly signed: Buffer;
  readonly sig: Buffer;
}

/**
 * The last signatures that were found good: a release's own record is in the folder of each environment that it went to,
 * and several are best checked at once, before anybody asks for them one by one.
 */
const good = new Map<string, Signature>();
const mostGood = 2048;

/** Whether the key made this signature of exactly these bytes. */
export function isSignature(signature: Signature): boolean {
  if (isKnown(signature)) return true;
  const { signed, key, sig } = signature;
  return verify(null, signed, key, sig) && remember(signature);
}

/** Checks many on all cores, away from this thread; `isSignature` then has its answer at hand. */
export async function checkSignatures(signatures: readonly Signature[]): Promise<void> {
  const byName = new Map(signatures.map((signature) => [nameOf(signature), signature]));
  await Promise.all(
    [...byName.values()].map(async (signature) => {
      const { signed, key, sig } = signature;
      const isGood = isKnown(signature) || (await verifyAside(null, signed, key, sig).catch(() => false));
      if (isGood) remember(signature);
    }),
  );
}

const verifyAside = promisify(verify);

const nameOf = ({ keyid, sig }: Signature): string => `${keyid} ${sig.toString('latin1')}`;

const isKnown = (signature: Signature): boolean =>
  good.get(nameOf(signature))?.signed.equals(signature.signed) ?? false;

function remember(signature: Signature): true {
  good.set(nameOf(signature), signature);
  if (good.size > mostGood) good.delete(good.keys().next().value!);
  return true;
}
