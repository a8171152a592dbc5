import { createHash, generateKeyPairSync, randomInt, sign } from 'node:crypto';
import { isSecure, readBody, send } from '../http/index.ts';
import { LockstepError, type TrustedWorkflow } from '../workspace/index.ts';
import type { JobToken } from './job-token.ts';
import { keyidOf } from './key.ts';
import type { Envelope, VerificationMaterial } from './release-record.ts';
import { openInstance, type SigstoreInstance } from './trusted-root.ts';

const mostAnswer = 4 << 20;

export interface KeylessRequest {
  readonly entry: TrustedWorkflow;
  /** Bytes of the entry's own trusted root; null for the public instance. */
  readonly root: Uint8Array | null;
  readonly token: JobToken;
  readonly payloadType: Envelope['payloadType'];
  readonly body: Uint8Array;
  /** DSSE's encoding of both. */
  readonly encoded: Uint8Array;
}

/**
 * Signs with a key that lives as long as this call: Fulcio certifies that the job has it, and Rekor, or a timestamp where
 * the instance has no log, that it was used while the certificate held. Errors: E_KEYLESS, also when the repository is
 * not public and the instance would tell the world its name; E_REMOTE_*.
 */
export async function signKeyless(request: KeylessRequest): Promise<Envelope> {
  const { entry, root, token, payloadType, body, encoded } = request;
  const instance = openInstance(root, entry.root ?? 'the public trusted root');
  checkMayTell(instance, entry, token);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await certify(
    instance,
    token,
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign('sha256', Buffer.from(token.claims.sub), privateKey),
  );
  const signature = sign('sha256', encoded, privateKey);
  const keyid = keyidOf(publicKey.export({ type: 'spki', format: 'der' }));
  const envelope: Envelope = {
    payloadType,
    payload: Buffer.from(body).toString('base64'),
    signatures: [{ keyid, sig: signature.toString('base64') }],
  };
  const witness = instance.rekor
    ? { tlogEntries: [await logEntry(instance.rekor, envelope, certificate)] }
    : { timestampVerificationData: { rfc3161Timestamps: [await timestamp(instance, signature)] } };
  const verificationMaterial: VerificationMaterial = {
    certificate: { rawBytes: derOf(certificate) },
    ...witness,
  };
  return { ...envelope, verificationMaterial };
}

/** Not known counts as not public. */
function checkMayTell(instance: SigstoreInstance, entry: TrustedWorkflow, { claims }: JobToken): void {
  if (!instance.hasLog || claims.repository_visibility === 'public' || entry.publish === true) return;
  const where = instance.rekor?.host ?? instance.fulcio?.host ?? 'the log';
  throw new LockstepError('E_KEYLESS', {
    what: `${claims.repository} is not public, and a signature without a key would name it in the log of ${where} for ever`,
    where: { file: 'lockstep.yaml' },
    allowed: 'without a key: an instance that has no log, or publish: true',
    fix: "name GitHub's own instance under root: (Enterprise Cloud), sign with a key (LOCKSTEP_SIGNING_KEY), or say publish: true in the entry (docs/formats/keyless.md)",
  });
}

/** The leaf in PEM. */
async function certify(
  { fulcio }: SigstoreInstance,
  { jwt }: JobToken,
  key: string,
  proof: Buffer,
): Promise<string> {
  const answer = await post(fulcio, 'api/v2/signingCert', {
    credentials: { oidcIdentityToken: jwt },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: key },
      proofOfPossession: proof.toString('base64'),
    },
  });
  type Chain = { readonly chain?: { readonly certificates?: readonly string[] } };
  const parsed = parseAnswer<Record<string, Chain | undefined>>(answer, fulcio!);
  const { signedCertificateEmbeddedSct: one, signedCertificateDetachedSct: other } = parsed;
  const leaf = (one ?? other)?.chain?.certificates?.[0];
  if (typeof leaf === 'string') return leaf;
  throw refused(fulcio!, 'an answer without a certificate');
}

/** Rekor's entry, in the form of a bundle. */
async function logEntry(rekor: URL, envelope: Envelope, certificate: string): Promise<object> {
  const answer = await post(rekor, 'api/v1/log/entries', {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      proposedContent: {
        envelope: JSON.stringify(envelope),
        verifiers: [Buffer.from(certificate).toString('base64')],
      },
    },
  });
  const [entry] = Object.values(parseAnswer<Record<string, RekorEntry>>(answer, rekor));
  const proof = entry?.verification?.inclusionProof;
  const promise = entry?.verification?.signedEntryTimestamp;
  if (!entry || !proof || !promise) throw refused(rekor, 'an answer without a log entry');
  const { kind, apiVersion } = parseAnswer<{ kind: string; apiVersion: string }>(
    Buffer.from(entry.body, 'base64'),
    rekor,
  );
  const fromHex = (text: string) => Buffer.from(text, 'hex').toString('base64');
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: fromHex(entry.logID) },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp: promise },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: fromHex(proof.rootHash),
      treeSize: String(proof.treeSize),
      hashes: proof.hashes.map(fromHex),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
}

interface RekorEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification?: {
    readonly signedEntryTimestamp?: string;
    readonly inclusionProof?: {
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly hashes: readonly string[];
      readonly checkpoint: string;
    };
  };
}

async function timestamp(
  { timestamps }: SigstoreInstance,
  signature: Buffer,
): Promise<{ signedTimestamp: string }> {
  const path = timestamps?.pathname.endsWith('/timestamp') ? '' : 'api/v1/timestamp';
  const answer = await post(timestamps, path, {
    artifactHash: createHash('sha256').update(signature).digest('base64'),
    hashAlgorithm: 'sha256',
    certificates: true,
    nonce: randomInt(2 ** 47),
  });
  return { signedTimestamp: answer.toString('base64') };
}

async function post(base: URL | null, path: string, body: object): Promise<Buffer> {
  if (base === null || !isSecure(base))
    throw new LockstepError('E_KEYLESS', {
      what: 'the trusted root names no service in use that signs, logs or stamps',
      allowed: 'a root with a certificate authority, and a log or a timestamp authority, by https',
      fix: 'renew the file under root:',
    });
  const url = new URL(path === '' ? base : `${base.href.replace(/\/$/, '')}/${path}`);
  const headers = { 'content-type': 'application/json', accept: '*/*' };
  const answer = await send({ method: 'POST', url, headers, body: JSON.stringify(body), follow: false });
  const bytes = await readBody(answer, mostAnswer, url);
  if (answer.status === 200 || answer.status === 201) return bytes;
  throw refused(url, `${answer.status} ${bytes.toString().slice(0, 300)}`);
}

function parseAnswer<T>(bytes: Buffer, from: URL): T {
  try {
    return JSON.parse(bytes.toString()) as T;
  } catch {
    throw refused(from, 'something that is no JSON');
  }
}

const refused = ({ host }: URL, what: string): LockstepError =>
  new LockstepError('E_KEYLESS', {
    what: `${host} gave no signature without a key: ${what}`,
    allowed: "a job whose repository's plan has this instance (GitHub's own: Enterprise Cloud)",
    fix: 'run the job again; if it stays, sign with a key (docs/formats/keys.md)',
  });

const derOf = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
