import type { CheckResult, Outcome } from '../gate/verdict.ts';
import type { Digest } from '../workspace/index.ts';

/** What a registered version is, by digest; signed into the tag's message. `docs/schemas/record.json` */
export interface ReleaseRecord {
  readonly v: 1;
  readonly model: string;
  /** SemVer with its v: `v1.2.0`. */
  readonly version: string;
  readonly commit: string;
  /** sha256 of data.lock. */
  readonly lock: Digest | null;
  /** Fingerprint of the run. */
  readonly run: Digest;
  readonly modelDigest: Digest;
  readonly golden: Digest;
  readonly evaluation: Digest;
  readonly predictions: Digest;
  readonly policy: { readonly digest: Digest; readonly commit: string | null };
  /** The gate's verdict for each environment. */
  readonly verdicts: Readonly<
    Record<
      string,
      {
        readonly verdict: Outcome;
        readonly digest: Digest;
        readonly reasons: readonly string[];
        readonly checks: readonly CheckResult[];
      }
    >
  >;
  readonly image: { readonly name: string; readonly digest: Digest; readonly platform: string };
  readonly made: { readonly by: string; readonly workflow: string | null; readonly time: string };
}

/** DSSE envelope (github.com/secure-systems-lab/dsse, protocol v1.0.2) around an in-toto Statement v1. */
export interface Envelope {
  readonly payloadType: 'application/vnd.in-toto+json';
  /** Base64 of the statement's RFC 8785 JSON. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
  /** Beside a signature without a key; what a Sigstore bundle (v0.3) has under this name. */
  readonly verificationMaterial?: VerificationMaterial;
}

export interface VerificationMaterial {
  readonly certificate: { readonly rawBytes: string };
  readonly tlogEntries?: readonly object[];
  readonly timestampVerificationData?: {
    readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
  };
}

/** Why a release may run in one environment; the second envelope of `release.json`. `docs/schemas/promotion.json` */
export interface PromotionRecord {
  readonly v: 1;
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** sha256 of the record's envelope, as RFC 8785 JSON. */
  readonly record: Digest;
  /** `name@sha256:…` */
  readonly image: string;
  /** Every file that was copied into the folder, by its path there. */
  readonly files: Readonly<Record<string, Digest>>;
  /** sha256 of kustomization.yaml's parsed value as RFC 8785 JSON: people may comment it, its meaning stays. */
  readonly kustomization: Digest;
  readonly verdict: Outcome;
  readonly checks: readonly CheckResult[];
  readonly approvals: readonly Approval[];
  /** What the environment before this one was seen to run; null for the first. */
  readonly observed: Observation | null;
  /** Commit of the branch `environments` this was decided on; null for the first promotion. */
  readonly tip: string | null;
  readonly made: { readonly by: string; readonly time: string };
}

/** Somebody's consent, read from the forge's API. */
export interface Approval {
  readonly by: string;
  /** The account's number: names change hands. */
  readonly id?: number;
  readonly time: string;
}

export interface Observation {
  readonly environment: string;
  readonly version: string;
  readonly modelDigest: Digest;
  readonly image: string | null;
  readonly golden: { readonly asked: number; readonly equal: number } | null;
  readonly url: string | null;
  readonly time: string;
}

/**
 * That one placement of a release was seen to run, signed; `models/<model>/observed/<environment>.json`.
 * `docs/schemas/observed.json`
 */
export interface ObservationRecord {
  readonly v: 1;
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** sha256 of the record's envelope, as RFC 8785 JSON. */
  readonly record: Digest;
  /** The same of the promotion's. */
  readonly promotion: Digest;
  /** Commit of the branch that put the folder there: the same promotion may come back by a rollback. */
  readonly commit: string;
  /** `name@sha256:…` */
  readonly image: string;
  readonly modelDigest: Digest;
  /** When it was first seen to run, and by what. */
  readonly observed: Seen;
  /** When all golden requests were first answered as offline. */
  readonly verified: (Seen & { readonly golden: { readonly asked: number; readonly equal: number } }) | null;
  readonly made: { readonly by: string };
}

export interface Seen {
  readonly time: string;
  readonly by: SeenBy;
}

/** What said so: the agent on the same machine, the environment's own address, or a status on a commit of the branch. */
export type SeenBy =
  | { readonly kind: 'agent'; readonly url: string }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'status';
      readonly context: string;
      /** Login of who set it; null where the API does not say. */
      readonly creator: string | null;
      /** The commit that it stands on. */
      readonly commit: string;
      /** Where it points for more. */
      readonly url: string | null;
    };

/** `environments/<env>/release.json`: `docs/schemas/release.json`. */
export interface ReleaseFile {
  readonly record: Envelope;
  readonly promotion: Envelope;
}
