import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  tsaHandler,
} from '@sigstore/mock';
import type { Envelope } from '../../src/registry/index.ts';

export const mainJob = {
  iss: 'https://token.actions.githubusercontent.com',
  sub: 'repo:acme/models:ref:refs/heads/main',
  repository: 'acme/models',
  repository_id: '7001',
  repository_visibility: 'public',
  ref: 'refs/heads/main',
  workflow_ref: 'acme/models/.github/workflows/lockstep-main.yml@refs/heads/main',
  job_workflow_ref: 'acme/models/.github/workflows/lockstep-main.yml@refs/heads/main',
};

/**
 * An authority, a log or a timestamp service, and GitHub's giver of tokens, over HTTP. Keys, certificates, proofs and
 * timestamps are real and its own.
 */
export interface Sigstore extends AsyncDisposable {
  /** Its trusted root, as a file. */
  readonly root: string;
  /** What a job has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What the next token says. */
  claims: Readonly<Record<string, string>>;
  /** Paths that were asked for. */
  readonly asked: string[];
}

/** `log`: a log of its own, as the public instance has; else timestamps, as GitHub's. `ahead`: certificates begin so much later. */
export async function startSigstore({ log, ahead = 0 }: { log: boolean; ahead?: number }): Promise<Sigstore> {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ctlog = log ? await initializeCTLog(pair()) : undefined;
  const clock = ahead ? new Date(Date.now() + ahead) : undefined;
  const ca = await initializeCA(pair(), ctlog, clock);
  const tlog = await initializeTLog(url, pair());
  // Whole seconds, as real ones answer: of a fraction it writes fewer digits than a reader takes.
  const wholeSecond = () => new Date(Math.floor(Date.now() / 1000) * 1000);
  const tsa = Object.assign(await initializeTSA(pair()), { getCurrentTime: wholeSecond });
  const fulcio = fulcioHandler(ca, { subjectClaim: 'san' });
  const stamps = tsaHandler(tsa);

  const sigstore: Sigstore = {
    claims: mainJob,
    asked,
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of the job' },
    root: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [authority(url, [ca.rootCertificate])],
      ctlogs: ctlog ? [keyOf(url, ctlog.publicKey, view(ctlog.logID))] : [],
      tlogs: log ? [keyOf(url, tlog.publicKey)] : [],
      timestampAuthorities: log ? [] : [authority(url, [tsa.intCertificate, tsa.rootCertificate])],
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts).toString();
    const { pathname, searchParams } = new URL(request.url!, url);
    asked.push(pathname);
    if (pathname === '/token') {
      const allowed =
        request.headers.authorization === 'Bearer of the job' && searchParams.get('audience') === 'sigstore';
      const claims = { ...sigstore.claims, san: `https://github.com/${sigstore.claims.job_workflow_ref}` };
      response.writeHead(allowed ? 200 : 403).end(JSON.stringify({ value: jwtOf(claims) }));
      return;
    }
    if (pathname === '/api/v2/signingCert') checkPossession(body, sigstore.claims.sub!);
    const routes: Record<string, () => Promise<{ statusCode: number; response: unknown }>> = {
      '/api/v2/signingCert': () => fulcio.fn(body),
      '/api/v1/log/entries': async () => ({
        statusCode: 201,
        response: JSON.stringify(await tlog.log(loggedForm(body))),
      }),
      '/api/v1/timestamp': () => stamps.fn(body),
    };
    const { statusCode, response: content } = await routes[pathname]!();
    response.writeHead(statusCode).end(content);
  }
  return sigstore;
}

const jwtOf = (claims: object): string =>
  [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') +
  '.';

function checkPossession(body: string, subject: string): void {
  const { publicKeyRequest } = JSON.parse(body) as {
    publicKeyRequest: { publicKey: { content: string }; proofOfPossession: string };
  };
  const { publicKey, proofOfPossession } = publicKeyRequest;
  const proof = Buffer.from(proofOfPossession, 'base64');
  if (!verify('sha256', Buffer.from(subject), publicKey.content, proof))
    throw new Error('no proof of possession');
}

/** What Rekor writes of an entry `dsse` 0.0.1: digests and signature, not the payload. */
function loggedForm(body: string): object {
  const { apiVersion, kind, spec } = JSON.parse(body) as {
    apiVersion: string;
    kind: string;
    spec: { proposedContent: { envelope: string; verifiers: string[] } };
  };
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as Envelope;
  const hash = (bytes: Uint8Array | string) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return {
    apiVersion,
    kind,
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }) => ({ signature: sig, verifier: verifiers[0] })),
    },
  };
}

const view = (bytes: ArrayBufferView<ArrayBuffer>): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const validFor = { start: '2020-01-01T00:00:00Z' };

const authority = (uri: string, certificates: readonly ArrayBufferView<ArrayBuffer>[]) => ({
  uri,
  certChain: { certificates: certificates.map((one) => ({ rawBytes: view(one).toString('base64') })) },
  validFor,
});

const keyOf = (baseUrl: string, key: Buffer, id: Buffer = createHash('sha256').update(key).digest()) => ({
  baseUrl,
  hashAlgorithm: 'SHA2_256',
  publicKey: { rawBytes: key.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
  logId: { keyId: id.toString('base64') },
});
