import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { makeRepository } from '../../test/git-sandbox.ts';
import type { Workspace } from '../workspace/index.ts';
import { sign, statementOf, trustedSigner, verifyEnvelope } from './envelope.ts';
import { loadKey } from './key.ts';

let folder: string;
let workspace: Workspace;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-ssh-'));
  workspace = await makeRepository(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** A pair as `ssh-keygen` makes it: the private file's text, and the public line. */
function keygen(name: string, ...options: string[]): { secret: string; line: string } {
  const path = join(folder, name);
  const { status, stderr } = spawnSync(
    'ssh-keygen',
    ['-q', '-C', 'ada@desk, two words', '-f', path, ...options],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  return { secret: readFileSync(path, 'utf8'), line: readFileSync(`${path}.pub`, 'utf8').trim() };
}

const statement = statementOf('urn:test', { a: 1 }, {});

test('a key of ssh-keygen signs, and its public line is trusted', () => {
  const { secret, line } = keygen('ada', '-t', 'ed25519', '-N', '');
  vi.stubEnv('LOCKSTEP_SIGNING_KEY', secret);
  const envelope = sign(statement, loadKey(workspace));
  const ada = trustedSigner(line, 'ada', null);
  expect(verifyEnvelope(envelope, [ada]).signer.owner).toBe('ada');
  expect(ada).toMatchObject({ keyid: loadKey(workspace).keyid });
  const eve = trustedSigner(keygen('eve', '-t', 'ed25519', '-N', '').line, 'eve', null);
  expect(() => verifyEnvelope(envelope, [eve])).toThrow('whom nobody here trusts');
});

test.each([
  ['with a passphrase', ['-t', 'ed25519', '-N', 'secret'], 'with a passphrase'],
  ['of another type', ['-t', 'ecdsa', '-N', ''], 'of another type'],
])('one %s is refused', (name, options, said) => {
  const { secret, line } = keygen(name.replaceAll(' ', '-'), ...options);
  vi.stubEnv('LOCKSTEP_SIGNING_KEY', secret);
  expect(() => loadKey(workspace)).toThrow(`an OpenSSH private key ${said} where`);
  if (name === 'of another type')
    expect(() => trustedSigner(line, 'ada', null)).toThrow('is no Ed25519 public key');
});

test('so is half of one, and one whose halves do not fit', () => {
  const { secret } = keygen('half', '-t', 'ed25519', '-N', '');
  const lines = secret.trim().split('\n');
  for (const text of [lines.slice(0, -2).join('\n'), [...lines.slice(0, 3), lines.at(-1)].join('\n')]) {
    vi.stubEnv('LOCKSTEP_SIGNING_KEY', text);
    expect(() => loadKey(workspace)).toThrow('half an OpenSSH private key');
  }
  const bytes = Buffer.from(lines.slice(1, -1).join(''), 'base64');
  const place = bytes.lastIndexOf(Buffer.from('ssh-ed25519')) + 11 + 4;
  bytes[place]! ^= 1;
  vi.stubEnv('LOCKSTEP_SIGNING_KEY', `${lines[0]}\n${bytes.toString('base64')}\n${lines.at(-1)}`);
  expect(() => loadKey(workspace)).toThrow('half an OpenSSH private key');
});
