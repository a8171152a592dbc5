import { createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto';
import {
  canonicalJson,
  type Digest,
  hexOf,
  LockstepError,
  type ParsedFile,
  type Place,
  parseJson,
} from '../workspace/index.ts';
import { keyidOf, type SigningKey } from './key.ts';
import { type WorkflowSigner, workflowThatSigned } from './keyless-envelope.ts';
import type { Envelope } from './release-record.ts';
import { checkSignatures, isSignature } from './signature.ts';
import { isSshPublicKey, parseSshPublicKey } from './ssh-key.ts';

export const releasePredicate = 'urn:lockstep:release:v1';
export const promotionPredicate = 'urn:lockstep:promotion:v1';
export const observationPredicate = 'urn:lockstep:observation:v1';

/** in-toto Statement v1 (github.com/in-toto/attestation, spec/v1/statement.md). */
export interface Statement<P> {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: P;
}

/** A public key whose signatures count. */
interface KeySigner {
  readonly keyid: string;
  readonly key: KeyObject;
  readonly owner: string;
  /** Environments it may sign for; every one when null. */
  readonly environments: readonly string[] | null;
}

export type TrustedSigner = KeySigner | WorkflowSigner;
export type Trust = readonly TrustedSigner[];

export const payloadType = 'application/vnd.in-toto+json' as const;

export const statementOf = <P>(
  predicateType: string,
  predicate: P,
  subjects: Readonly<Record<string, Digest>>,
): Statement<P> => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: Object.entries(subjects).map(([name, digest]) => ({ name, digest: { sha256: hexOf(digest) } })),
  predicateType,
  predicate,
});

export function sign(statement: Statement<unknown>, key: SigningKey): Envelope {
  const body = Buffer.from(canonicalJson(statement));
  const sig = signBytes(null, preAuthenticationEncoding(payloadType, body), key.privateKey);
  return {
    payloadType,
    payload: body.toString('base64'),
    signatures: [{ keyid: key.keyid, sig: sig.toString('base64') }],
  };
}

/** DSSE's PAE (github.com/secure-systems-lab/dsse, protocol.md): `DSSEv1 LEN(type) type LEN(body) body`. */
export const preAuthenticationEncoding = (type: string, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.byteLength} `), body]);

export interface EnvelopeContext {
  /** Named in errors. */
  readonly where?: Place;
  /** The signer must be trusted for it. */
  readonly environment?: string;
}

/**
 * The statement inside, when a trusted signer signed exactly these bytes. The payload's own words are read only
 * after that. Errors: E_SIGNATURE, E_RECORD_FORMAT.
 */
export function verifyEnvelope(
  envelope: Envelope,
  trust: Trust,
  context: EnvelopeContext = {},
): { payload: ParsedFile; signer: TrustedSigner } {
  const { where, environment } = context;
  if (envelope.payloadType !== payloadType) {
    throw new LockstepError('E_RECORD_FORMAT', {
      what: `an envelope of type ${envelope.payloadType}`,
      where,
      allowed: payloadType,
    });
  }
  const body = fromBase64(envelope.payload, where);
  const payload = () => parseJson(body, where?.file ?? 'the signed statement');
  if (envelope.verificationMaterial !== undefined) {
    const signer = workflowThatSigned(envelope, trust, context);
    return { payload: payload(), signer };
  }
  const signed = preAuthenticationEncoding(payloadType, body);
  const known = signersOf(envelope, trust);
  if (known.length === 0) throw untrusted(envelope, trust, where);
  const valid = known.find(({ signer: { keyid, key }, sig }) =>
    isSignature({ keyid, key, signed, sig: fromBase64(sig, where) }),
  );
  if (!valid) {
    throw new LockstepError('E_SIGNATURE', {
      what: `the signature of ${known[0]!.signer.owner} does not fit what it stands under`,
      where,
      fix: 'restore what was signed; it was changed afterwards',
    });
  }
  const { signer } = valid;
  if (
    environment !== undefined &&
    signer.environments !== null &&
    !signer.environments.includes(environment)
  ) {
    throw new LockstepError('E_SIGNATURE', {
      what: `${signer.owner} may not sign for ${environment}`,
      where,
      allowed: `signers trusted for ${environment} (${signer.owner}: ${signer.environments.join(', ') || 'none'})`,
      fix: 'let a signer sign whom lockstep.yaml trusts for this environment',
    });
  }
  return { payload: payload(), signer };
}

/** Whom an envelope says it is signed by, of those whose keys count. */
const signersOf = ({ signatures }: Envelope, trust: Trust) =>
  signatures.flatMap(({ keyid, sig }) =>
    trust.flatMap((signer) => ('key' in signer && signer.keyid === keyid ? [{ signer, sig }] : [])),
  );

/**
 * Has the signatures of many envelopes checked on all cores, so that `verifyEnvelope` need not wait for each. Nothing is
 * refused here: what is no envelope is left out.
 */
export const verifyAhead = (envelopes: readonly Envelope[], trust: Trust): Promise<void> =>
  checkSignatures(
    envelopes.flatMap((envelope) => {
      try {
        const signed = preAuthenticationEncoding(payloadType, Buffer.from(envelope.payload, 'base64'));
        // More than a few are no envelope of ours, and would keep the cores busy for nothing.
        const claimed = signersOf(envelope, trust).slice(0, 8);
        return claimed.map(({ signer: { keyid, key }, sig }) => ({
          keyid,
          key,
          signed,
          sig: Buffer.from(sig, 'base64'),
        }));
      } catch {
        return [];
      }
    }),
  );

function untrusted(envelope: Envelope, trust: Trust, where: Place | undefined): LockstepError {
  const signers = envelope.signatures.map(({ keyid }) => keyid).join(', ') || 'nobody';
  return new LockstepError('E_SIGNATURE', {
    what: `signed by ${signers}, whom nobody here trusts`,
    where,
    allowed:
      trust.map(({ owner, keyid }) => `${owner} (${keyid.slice(0, 19)}…)`).join(', ') ||
      'no key is trusted yet',
    fix: "add the signer's public key (.lockstep/keys/ed25519.pub on their machine) to trust: in lockstep.yaml on the main branch",
  });
}

export const trustedSigner = (
  spki: string,
  owner: string,
  environments: readonly string[] | null,
  where?: Place,
): KeySigner => {
  try {
    const der = isSshPublicKey(spki) ? parseSshPublicKey(spki) : Buffer.from(spki, 'base64');
    if (der === null) throw new TypeError('no key of OpenSSH');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`${key.asymmetricKeyType}`);
    return { keyid: keyidOf(der), key, owner, environments };
  } catch (cause) {
    throw new LockstepError('E_SIGNATURE', {
      what: `the trusted key of ${owner} is no Ed25519 public key`,
      where,
      allowed: 'SPKI in base64, as in .lockstep/keys/ed25519.pub, or the line of an id_ed25519.pub',
      cause,
    });
  }
};

/** Strict: one text for one value, so that nothing can be hidden in what lenient readers skip. */
function fromBase64(text: string, where: Place | undefined): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw new LockstepError('E_RECORD_FORMAT', {
    what: 'base64 that is not canonical',
    where,
    allowed: 'base64 with padding (RFC 4648, section 4)',
  });
}
