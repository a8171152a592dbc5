import { createHash, verify } from 'node:crypto';
import { SshReader, sshString, strictBase64 } from '../registry/index.ts';
import { fingerprintOf, type ReleaseSigner } from './signers.ts';

export type SignatureCheck =
  | { readonly kind: 'valid'; readonly signer: ReleaseSigner }
  | { readonly kind: 'malformed'; readonly why: string }
  | { readonly kind: 'stranger'; readonly fingerprint: string }
  | { readonly kind: 'wrong'; readonly signer: ReleaseSigner };

const magic = 'SSHSIG';
/** What Git signs in; a signature made for mail or files is none here. */
const namespace = 'git';

/**
 * Checks a signature of `git tag -s` with `gpg.format=ssh` (openssh-portable, PROTOCOL.sshsig), by Ed25519 only. In
 * Node itself, since Git asks ssh-keygen for it, which not every machine has.
 */
export function checkSignature(
  payload: Uint8Array,
  armour: string,
  signers: readonly ReleaseSigner[],
): SignatureCheck {
  const parts = parseArmour(armour);
  if (typeof parts === 'string') return { kind: 'malformed', why: parts };
  const signer = signers.find(({ blob }) => blob.equals(parts.key));
  if (!signer) return { kind: 'stranger', fingerprint: fingerprintOf(parts.key) };
  const signed = Buffer.concat([
    Buffer.from(magic),
    sshString(namespace),
    sshString(''),
    sshString(parts.hash),
    sshString(createHash(parts.hash).update(payload).digest()),
  ]);
  return { kind: verify(null, signed, signer.key, parts.signature) ? 'valid' : 'wrong', signer };
}

interface SignatureParts {
  readonly key: Buffer;
  readonly hash: 'sha256' | 'sha512';
  readonly signature: Buffer;
}

/** The parts, or what is wrong with them. */
function parseArmour(armour: string): SignatureParts | string {
  const body = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?$/.exec(
    armour,
  );
  const bytes = body && strictBase64(body[1]!.replaceAll('\n', ''));
  if (!bytes) return 'it is no SSH signature';
  const reader = new SshReader(bytes);
  const start = reader.take(magic.length)?.toString('latin1');
  const version = reader.number();
  const [key, space, reserved, hash, signature] = Array.from({ length: 5 }, () => reader.string());
  if (start !== magic || version !== 1 || !key || !space || !reserved || !hash || !signature || !reader.done)
    return 'it is no SSH signature of version 1';
  if (space.toString('latin1') !== namespace) return 'it was not made for Git';
  const algorithm = hash.toString('latin1');
  if (algorithm !== 'sha512' && algorithm !== 'sha256') return 'its hash is neither sha512 nor sha256';
  const inner = new SshReader(signature);
  const type = inner.string();
  const value = inner.string();
  if (type?.toString('latin1') !== 'ssh-ed25519' || value?.length !== 64 || !inner.done)
    return 'it is not made with an Ed25519 key';
  return { key, hash: algorithm, signature: value };
}
