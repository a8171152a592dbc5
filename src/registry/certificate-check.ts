import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity } from '@sigstore/verify';
import type { KeylessCheck } from './keyless-envelope.ts';
import type { Envelope } from './release-record.ts';
import type { SigstoreInstance } from './trusted-root.ts';
import type { WorkflowIdentity } from './workflow-identity.ts';

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** The bundle that other tools of Sigstore take; an envelope of ours is the same in one object. */
export const bundleOf = ({ verificationMaterial, ...dsseEnvelope }: Envelope): object => ({
  mediaType,
  verificationMaterial,
  dsseEnvelope,
});

/**
 * Whether certificate, log or timestamp, and signature hold together, and for whom. The time that counts is the log's or
 * the timestamp's, so nothing runs out; no request is made.
 */
export function checkCertificate(envelope: Envelope, { verifier }: SigstoreInstance): KeylessCheck {
  if (envelope.signatures.length !== 1) return { kind: 'wrong', why: 'more than one signature' };
  try {
    const { identity } = verifier.verify(toSignedEntity(bundleFromJSON(bundleOf(envelope))));
    if (identity === undefined) return { kind: 'wrong', why: 'no certificate' };
    const extension = (number: number): string | null => {
      const oid = `1.3.6.1.4.1.57264.1.${number}`;
      const found = identity.oids?.find(({ oid: one }) => one?.id.join('.') === oid);
      return found ? utf8String(Buffer.from(found.value)) : null;
    };
    const found: WorkflowIdentity = {
      issuer: identity.extensions?.issuer ?? null,
      signer: identity.subjectAlternativeName ?? null,
      workflow: extension(18),
      repository: extension(12),
      ref: extension(14),
      repositoryId: extension(15),
    };
    return { kind: 'valid', identity: found };
  } catch (error) {
    return { kind: 'wrong', why: (error as Error).message };
  }
}

/** Fulcio's extensions from 1.3.6.1.4.1.57264.1.8 on (sigstore/fulcio, docs/oid-info.md): DER's UTF8String. */
function utf8String(der: Buffer): string | null {
  if (der[0] !== 0x0c) return null;
  const long = der[1]! & 0x80 ? der[1]! & 0x7f : 0;
  const length = long ? der.readUIntBE(2, long) : der[1]!;
  const text = der.subarray(2 + long);
  return text.length === length ? text.toString() : null;
}
