import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { SshReader, strictBase64 } from '../registry/index.ts';
import { LockstepError, type Place } from '../workspace/index.ts';

/** Whose signature makes a tag a release. Part of the template, so a verified release may change it. */
export const signersFile = 'scripts/release-signers';

export interface ReleaseSigner {
  readonly name: string;
  /** The public key as SSH writes it, which a signature carries along. */
  readonly blob: Buffer;
  readonly key: KeyObject;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string;
}

/**
 * The lines of an allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS), `name namespaces="git" ssh-ed25519 AAAA…`:
 * Git and ssh-keygen read the same file. Of its options only the namespace is known here. Errors: E_SIGNATURE.
 */
export function parseSigners(text: string, file = signersFile): ReleaseSigner[] {
  return text.split('\n').flatMap((line, index) => {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) return [];
    const where = { file, line: index + 1 };
    const match = /^(\S+) +(?:namespaces="git" +)?ssh-ed25519 +([A-Za-z0-9+/=]+)(?: .*)?$/.exec(content);
    const blob = match && strictBase64(match[2]!);
    return [signerOf(match?.[1] ?? '', blob, where)];
  });
}

function signerOf(name: string, blob: Buffer | null, where: Place): ReleaseSigner {
  const raw = blob && ed25519KeyOf(blob);
  if (!blob || !raw) {
    throw new LockstepError('E_SIGNATURE', {
      what: 'a line that names no signer of releases',
      where,
      allowed: 'name namespaces="git" ssh-ed25519 <key>',
      fix: 'put the public half of an Ed25519 key of ssh-keygen there',
    });
  }
  return { name, blob, key: raw, fingerprint: fingerprintOf(blob) };
}

/** RFC 8709: the string `ssh-ed25519`, the 32 bytes of the key, nothing else. */
function ed25519KeyOf(blob: Buffer): KeyObject | null {
  const reader = new SshReader(blob);
  const type = reader.string();
  const point = reader.string();
  if (type?.toString('latin1') !== 'ssh-ed25519' || point?.length !== 32 || !reader.done) return null;
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') },
    format: 'jwk',
  });
}

export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
