import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  digestOf,
  hideState,
  LockstepError,
  statePath,
  temporaryBeside,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import { isSshPrivateKey, parseSshPrivateKey } from './ssh-key.ts';

export interface SigningKey {
  /** sha256 of the public key's SPKI. */
  readonly keyid: string;
  readonly privateKey: KeyObject;
  /** Public key, SPKI in base64: what `trust:` in lockstep.yaml lists. */
  readonly spki: string;
}

const fileName = 'ed25519.pem';

/** A runner keeps no files: there the key comes as a secret, PKCS #8 in PEM or as OpenSSH writes it. */
const variable = 'LOCKSTEP_SIGNING_KEY';

/**
 * The Ed25519 key in $LOCKSTEP_SIGNING_KEY, else this machine's own, made at first use (mode 0600) in
 * `.lockstep/keys/`; beside it `ed25519.pub` holds the line for `trust:`. Errors: E_SIGNATURE for anything but an
 * Ed25519 key.
 */
export function loadKey(workspace: Workspace): SigningKey {
  const path = statePath(workspace, 'keys', fileName);
  const given = process.env[variable]?.trim();
  const key = given ? parseKey(given, `$${variable}`) : (readKey(path) ?? makeKey(workspace, path));
  if (key.asymmetricKeyType !== 'ed25519') throw notAKey(path, `a key of type ${key.asymmetricKeyType}`);
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return { keyid: keyidOf(spki), privateKey: key, spki: spki.toString('base64') };
}

export const keyidOf = (spki: Uint8Array): string => digestOf(spki);

function readKey(path: string): KeyObject | null {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw notAKey(path, `something that can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return parseKey(pem, path);
}

function parseKey(pem: string, path: string): KeyObject {
  if (isSshPrivateKey(pem)) {
    const key = parseSshPrivateKey(pem);
    if (typeof key === 'string') throw notAKey(path, key);
    return key;
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw notAKey(path, 'no private key');
  }
}

/** Two processes may need the key at once: whoever links first made it, and the other reads that one. */
function makeKey(workspace: Workspace, path: string): KeyObject {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  hideState(workspace);
  const temporary = temporaryBeside(path);
  writeFileSync(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(temporary, path);
    const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    writeAtomic(path.replace(/\.pem$/, '.pub'), `${spki}\n`);
    return privateKey;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readKey(path)!;
  } finally {
    rmSync(temporary, { force: true });
  }
}

const notAKey = (path: string, what: string) =>
  new LockstepError('E_SIGNATURE', {
    what: `${what} where the maintainers' own signing key should be`,
    where: { file: path },
    allowed: 'an Ed25519 private key in PKCS #8 PEM, or of OpenSSH without a passphrase',
    fix: path.startsWith('$')
      ? 'make one with `ssh-keygen -t ed25519 -N "" -f key` or `openssl genpkey -algorithm ed25519` and store all its lines as the secret'
      : 'move the file away; a new key is made at the next use',
  });
