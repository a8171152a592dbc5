import { expect, test } from 'vitest';
import { checkCertificate } from './certificate-check.ts';
import { publicSignature } from './public-signature.test-data.ts';
import type { Envelope } from './release-record.ts';
import { openInstance } from './trusted-root.ts';
import { differs, type WorkflowIdentity } from './workflow-identity.ts';

/* The real Fulcio, Rekor and timestamp authority, met by what they once gave to somebody. */

const instance = openInstance(null, 'the public one');
const check = (signature: object) => checkCertificate(signature as Envelope, instance);
const { verificationMaterial: material } = publicSignature;
const entry = material.tlogEntries[0]!;
const beacon = 'sigstore-conformance/extremely-dangerous-public-oidc-beacon';
const workflow = `${beacon}/.github/workflows/extremely-dangerous-oidc-beacon.yml`;
const identity: WorkflowIdentity = {
  issuer: 'https://token.actions.githubusercontent.com',
  signer: `https://github.com/${workflow}@refs/heads/main`,
  workflow: `https://github.com/${workflow}@refs/heads/main`,
  repository: `https://github.com/${beacon}`,
  ref: 'refs/heads/main',
  repositoryId: '632596897',
};

test("a job's signature holds, long after its certificate ran out, and says who made it", () => {
  expect(check(publicSignature)).toEqual({ kind: 'valid', identity });
  const trusted = { keyless: 'github', workflow, ref: 'refs/heads/main', owner: 'the beacon' } as const;
  expect(differs({ ...trusted, 'repository-id': 632596897 }, identity)).toBe(null);
  expect(differs({ ...trusted, 'repository-id': 1 }, identity)).toContain('632596897');
  expect(differs({ ...trusted, ref: 'refs/heads/other' }, identity)).toContain('refs/heads/main');
});

test.each([
  ['payload', publicSignature.payload],
  ['signature', publicSignature.signatures[0]!.sig],
  ['certificate', material.certificate.rawBytes],
  ['log entry', entry.canonicalizedBody],
  ['place in the log', '1403653539'],
  ['neighbour in the log', entry.inclusionProof.hashes[9]!],
  ['checkpoint', 'rekor.sigstore.dev - 119'],
  ['time in the log', '1778701653'],
  ['timestamp', material.timestampVerificationData.rfc3161Timestamps[0]!.signedTimestamp],
])('another %s, and it does not hold', (_, text) => {
  const changed = JSON.stringify(publicSignature).replace(`"${text}`, (found) => another(found));
  expect(changed).not.toBe(JSON.stringify(publicSignature));
  expect(check(JSON.parse(changed))).toMatchObject({ kind: 'wrong' });
});

/** With one character in its middle exchanged for another that may stand there. */
function another(text: string): string {
  const middle = text.length >> 1;
  const exchanged = text[middle] === '3' ? '4' : '3';
  return text.slice(0, middle) + exchanged + text.slice(middle + 1);
}

test('without log and timestamp nothing says that the certificate held', () => {
  const { certificate } = material;
  expect(check({ ...publicSignature, verificationMaterial: { certificate } })).toMatchObject({
    kind: 'wrong',
  });
});
