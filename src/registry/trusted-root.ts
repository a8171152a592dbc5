import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toTrustMaterial, Verifier } from '@sigstore/verify';
import { LockstepError } from '../workspace/index.ts';
// The public instance's, as the package @sigstore/tuf 4.0.2 carries it (seeds.json, target trusted_root.json).
import publicGood from './sigstore-public-good.json' with { type: 'json' };

/** One instance of Sigstore: whom its certificates, logs and timestamps are checked by, and where to ask it. */
export interface SigstoreInstance {
  readonly verifier: Verifier;
  readonly fulcio: URL | null;
  readonly rekor: URL | null;
  readonly timestamps: URL | null;
  /** Its logs are open to all: what it signs for is named there. */
  readonly hasLog: boolean;
}

/** `bytes` null is the public instance. Errors: E_KEYLESS for a root that is none. */
export function openInstance(bytes: Uint8Array | null, file: string): SigstoreInstance {
  try {
    const root = TrustedRoot.fromJSON(
      bytes === null ? publicGood : JSON.parse(Buffer.from(bytes).toString()),
    );
    if (root.certificateAuthorities.length === 0) throw new TypeError('no certificate authority');
    const { tlogs, ctlogs, timestampAuthorities, certificateAuthorities } = root;
    const verifier = new Verifier(toTrustMaterial(root), {
      ctlogThreshold: Math.min(1, ctlogs.length),
      tlogThreshold: Math.min(1, tlogs.length),
      timestampThreshold: 1,
    });
    return {
      verifier,
      fulcio: current(certificateAuthorities.map(({ uri, validFor }) => [uri, validFor])),
      rekor: current(tlogs.map(({ baseUrl, publicKey }) => [baseUrl, publicKey?.validFor])),
      timestamps: current(timestampAuthorities.map(({ uri, validFor }) => [uri, validFor])),
      hasLog: tlogs.length + ctlogs.length > 0,
    };
  } catch (cause) {
    throw new LockstepError('E_KEYLESS', {
      what: `no trusted root of Sigstore: ${(cause as Error).message}`,
      where: { file },
      allowed: 'one JSON object, as a line of `gh attestation trusted-root`',
      cause,
    });
  }
}

type Span = { readonly start?: Date | undefined; readonly end?: Date | undefined } | undefined;

/** The first that is in use today. GitHub's root writes hosts without a scheme. */
function current(services: readonly (readonly [string, Span])[]): URL | null {
  const now = new Date();
  const used = services.find(([, span]) => (span?.start ?? now) <= now && (span?.end ?? now) >= now);
  return used ? new URL(used[0].includes('://') ? used[0] : `https://${used[0]}`) : null;
}
