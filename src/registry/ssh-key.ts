import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SshReader, strictBase64 } from './ssh-wire.ts';

// Ed25519 keys as `ssh-keygen` writes them (openssh-portable, PROTOCOL.key and RFC 8709), which Node does not read.

const type = 'ssh-ed25519';
/** What stands before 32 bytes of key in PKCS #8 and in SPKI (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const spki = Buffer.from('302a300506032b6570032100', 'hex');

export const isSshPrivateKey = (pem: string): boolean => pem.includes('BEGIN OPENSSH PRIVATE KEY');

/** The key, or what is wrong with it. */
export function parseSshPrivateKey(pem: string): KeyObject | string {
  const body =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----$/.exec(
      pem.trim(),
    );
  const bytes = body && strictBase64(body[1]!.replaceAll(/\s/g, ''));
  if (!bytes) return 'half an OpenSSH private key';
  const reader = new SshReader(bytes);
  const magic = reader.take(15)?.toString('latin1');
  const cipher = reader.string()?.toString('latin1');
  const [kdf, options] = [reader.string(), reader.string()];
  const keys = reader.number();
  const [shown, hidden] = [reader.string(), reader.string()];
  if (magic !== 'openssh-key-v1\0' || !kdf || !options || keys !== 1 || !shown || !hidden || !reader.done)
    return 'half an OpenSSH private key';
  if (cipher !== 'none') return 'an OpenSSH private key with a passphrase';
  const inner = new SshReader(hidden);
  const checks = [inner.number(), inner.number()];
  if (inner.string()?.toString('latin1') !== type) return 'an OpenSSH private key of another type';
  const [open, secret] = [inner.string(), inner.string()];
  const sound = checks[0] !== null && checks[0] === checks[1] && secret?.length === 64;
  if (!sound || !open?.equals(secret.subarray(32))) return 'half an OpenSSH private key';
  return createPrivateKey({
    key: Buffer.concat([pkcs8, secret.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  });
}

export const isSshPublicKey = (text: string): boolean => text.startsWith(`${type} `);

/** SPKI of a line of `id_ed25519.pub`, its comment aside; null for what is none. */
export function parseSshPublicKey(text: string): Buffer | null {
  const bytes = strictBase64(text.split(' ')[1] ?? '');
  const reader = bytes && new SshReader(bytes);
  const named = reader?.string()?.toString('latin1');
  const key = reader?.string();
  return reader?.done && named === type && key?.length === 32 ? Buffer.concat([spki, key]) : null;
}
