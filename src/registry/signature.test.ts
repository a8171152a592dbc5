import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkSignatures, isSignature } from './signature.ts';

const pair = generateKeyPairSync('ed25519');
const signed = Buffer.from('what it stands under');
const good = { keyid: 'ours', key: pair.publicKey, signed, sig: sign(null, signed, pair.privateKey) };
const other = generateKeyPairSync('ed25519');
const wrong = [
  { ...good, signed: Buffer.from('what it stands over') },
  { ...good, sig: Buffer.alloc(64) },
  { ...good, sig: Buffer.from('short') },
  { ...good, sig: Buffer.alloc(0), signed: Buffer.concat([good.sig, signed]) },
  { ...good, keyid: 'theirs', key: other.publicKey },
];

test('only what the key signed is a signature, whatever was checked before', async () => {
  const said = () => [good, ...wrong].map(isSignature);
  const truth = [true, ...wrong.map(() => false)];
  expect(said()).toEqual(truth);
  await checkSignatures([...wrong, good, good]);
  expect(said()).toEqual(truth);
});

test('what was checked ahead is not computed again', async () => {
  const bytes = Buffer.from('another');
  const ahead = { ...good, signed: bytes, sig: sign(null, bytes, pair.privateKey) };
  await checkSignatures([ahead]);
  // The key itself is not asked any more: its id names it.
  expect(isSignature({ ...ahead, key: other.publicKey })).toBe(true);
  expect(isSignature({ ...ahead, keyid: 'theirs', key: other.publicKey })).toBe(false);
});
