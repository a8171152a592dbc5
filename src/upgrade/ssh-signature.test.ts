import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeKey, sshSign, Template } from '../../test/template-sandbox.ts';
import { git, tryGit } from '../workspace/index.ts';
import { parseSigners } from './signers.ts';
import { checkSignature } from './ssh-signature.ts';

const key = makeKey('mia');
const signers = parseSigners(key.line);
const payload = Buffer.from('object 1\ntag v1.0.0\n\nnotes\n');
const kindOf = (armour: string, bytes: Buffer = payload) => checkSignature(bytes, armour, signers).kind;

test('holds for the bytes that were signed, and for no others', () => {
  const armour = sshSign(payload, key);
  expect(checkSignature(payload, armour, signers)).toMatchObject({ kind: 'valid', signer: { name: 'mia' } });
  fc.assert(
    fc.property(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const other = Buffer.from(payload);
      other[at]! ^= change;
      return kindOf(armour, other) === 'wrong';
    }),
  );
});

test('one changed bit of the signature makes it worthless, wherever it lies', () => {
  const whole = Buffer.from(sshSign(payload, key).split('\n').slice(1, -2).join(''), 'base64');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
      const other = Buffer.from(whole);
      other[at]! ^= 1 << bit;
      const armour = `-----BEGIN SSH SIGNATURE-----\n${other.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
      return kindOf(armour) !== 'valid';
    }),
    { numRuns: 1000 },
  );
});

test('nothing else passes for one', () => {
  const armour = sshSign(payload, key);
  expect(kindOf(sshSign(payload, makeKey()))).toBe('stranger');
  expect(checkSignature(payload, sshSign(payload, key, 'file'), signers)).toEqual({
    kind: 'malformed',
    why: 'it was not made for Git',
  });
  for (const text of [
    '',
    'x',
    armour.slice(0, -40),
    `${armour}x`,
    `x${armour}`,
    armour.replace('SSH', 'PGP'),
  ])
    expect(kindOf(text), text).toBe('malformed');
});

test('lines of release-signers: names, comments, and nothing that is only half understood', () => {
  expect(parseSigners(`# who\n\n${key.line}${makeKey('bot').line}`).map(({ name }) => name)).toEqual([
    'mia',
    'bot',
  ]);
  const encoded = key.line.split(' ').at(-1)!.trim();
  for (const line of [
    `mia ssh-rsa ${encoded}`,
    `mia ssh-ed25519 ${encoded.slice(0, -4)}`,
    `mia namespaces="file" ssh-ed25519 ${encoded}`,
    `mia valid-before="20200101" ssh-ed25519 ${encoded}`,
    `mia cert-authority ssh-ed25519 ${encoded}`,
    'mia',
  ])
    expect(() => parseSigners(`${line}\n`), line).toThrow(
      /^E_SIGNATURE: a line that names no signer of releases in /,
    );
});

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

test.skipIf(!hasKeygen)('Git with ssh-keygen says the same, of its tags and of ours', async () => {
  await using template = await Template.make();
  const { root, folder } = template;
  await template.release('1.0.0', { 'a.txt': 'a\n' });
  const keyFile = join(folder, 'key');
  expect(spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'eva', '-f', keyFile]).status).toBe(
    0,
  );
  const { stdout } = spawnSync('cat', [`${keyFile}.pub`], { encoding: 'utf8' });
  const list = join(folder, 'signers');
  writeFileSync(list, `${template.key.line}eva namespaces="git" ${stdout}`);
  const ssh = [
    '-c',
    'gpg.format=ssh',
    '-c',
    `gpg.ssh.allowedSignersFile=${list}`,
    '-c',
    `user.signingKey=${keyFile}`,
  ];
  await git([...ssh, 'tag', '-s', '-m', 'Signed by Git.\n\nWith ssh-keygen.', 'v1.1.0'], { cwd: root });
  const { verifyReleaseTag } = await import('./release-tag.ts');
  const known = parseSigners(`${template.key.line}eva namespaces="git" ${stdout}`);
  for (const [tag, name] of [
    ['v1.0.0', 'maintainer'],
    ['v1.1.0', 'eva'],
  ] as const) {
    expect((await tryGit([...ssh, 'verify-tag', tag], { cwd: root })).status, tag).toBe(0);
    const bytes = Buffer.from(`${await git(['cat-file', 'tag', tag], { cwd: root })}\n`);
    expect(verifyReleaseTag(bytes, tag, known).signer.name).toBe(name);
  }
});
