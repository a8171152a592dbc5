import { type Digest, digestOf, LockstepError } from '../workspace/index.ts';
import { registryAddress } from './address.ts';
import { askBlob, downloadBlob } from './blob-download.ts';
import { type BlobSource, uploadBlob } from './blob-upload.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { checkTold, otherDigest } from './digest-header.ts';
import type { Descriptor } from './documents.ts';
import { ociTypes } from './documents.ts';
import { failed, openSender, readingAgain } from './request.ts';
import { listTags } from './tags.ts';
import type { Scopes } from './token.ts';

export interface RemoteManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** One repository of an OCI registry (distribution specification 1.1). Every byte is hashed on its way. */
export interface Registry {
  readonly name: string;
  /** A manifest or index by tag or digest; null when there is none. Errors: E_REGISTRY_*. */
  resolve(reference: string): Promise<RemoteManifest | null>;
  /** Streams a blob into a file that is not there yet. Errors: E_REGISTRY_*, E_DIGEST_MISMATCH, E_SIZE_MISMATCH. */
  pullBlob(blob: Pick<Descriptor, 'digest' | 'size'>, path: string): Promise<void>;
  /** A blob's size in bytes; null when there is none. Errors: E_REGISTRY_*, E_REMOTE_REDIRECT. */
  statBlob(digest: Digest): Promise<number | null>;
  /** 200 with the blob, or 206 with the part that `range` (a header's value) asks for; null when there is none. */
  openBlob(digest: Digest, range: string | null): Promise<Response | null>;
  /** False when it was there already, or in the repository `from` of the same registry. */
  pushBlob(
    blob: Pick<Descriptor, 'digest' | 'size'>,
    source: BlobSource,
    from?: string | null,
  ): Promise<boolean>;
  pushManifest(reference: string, manifest: Omit<RemoteManifest, 'digest'>): Promise<Digest>;
  tags(): AsyncIterable<string>;
  /** The registry's own clock, as its last answer had it: ms since 1970. */
  now(): number;
  /** What is not there is removed; false where the registry does not remove such things. Errors: E_REGISTRY_*. */
  remove(kind: 'manifests' | 'blobs', digest: Digest): Promise<boolean>;
}

const mostManifest = 4 * 1024 * 1024;
const accepted = [
  ociTypes.manifest,
  ociTypes.index,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

export interface RegistryOptions {
  readonly actions?: Scopes['actions'];
  /** Null asks as a stranger would; those of this machine unless stated. */
  readonly credentials?: Credentials | null;
  /** Repositories of the same registry that blobs may be taken from. */
  readonly from?: readonly string[];
}

/** Errors: E_IMAGE_REF for a name without a registry. */
export function openRegistry(
  name: string,
  { actions = 'pull', credentials, from = [] }: RegistryOptions = {},
): Registry {
  const address = registryAddress(name);
  const known = credentials === undefined ? credentialsFor(address.host) : credentials;
  let ahead = 0;
  const send = openSender(address, known, { actions, from }, ({ headers }) => {
    ahead = (Date.parse(headers.get('date') ?? '') || Date.now()) - Date.now();
  });

  async function resolve(reference: string): Promise<RemoteManifest | null> {
    const asked = { method: 'GET', path: `/manifests/${reference}` } as const;
    return readingAgain(address, asked, async () => {
      const response = await send({ ...asked, headers: { accept: accepted } });
      if (response.status !== 200) await response.body?.cancel();
      if (response.status === 404) return null;
      if (response.status !== 200) throw failed(address, asked, response.status);
      const bytes = await readCapped(response, address.host);
      const digest = digestOf(bytes);
      const told = response.headers.get('docker-content-digest');
      for (const wanted of [told, reference.startsWith('sha256:') ? reference : null])
        if (wanted !== null && wanted !== digest) throw otherDigest(address.host, reference, wanted, digest);
      const mediaType = response.headers.get('content-type')?.split(';')[0] ?? ociTypes.manifest;
      return { digest, bytes, mediaType };
    });
  }

  return {
    name,
    resolve,
    pullBlob: (blob, path) => downloadBlob(address, send, blob, path),
    async statBlob(digest) {
      const answer = await askBlob(address, send, 'HEAD', digest);
      const length = answer?.headers.get('content-length') ?? null;
      if (answer !== null && length === null)
        throw failed(address, { method: 'HEAD', path: `/blobs/${digest}` }, 'an answer without a size');
      return length === null ? null : Number(length);
    },
    openBlob: (digest, range) => askBlob(address, send, 'GET', digest, range === null ? {} : { range }),
    pushBlob: (blob, source, other = null) => uploadBlob(address, send, blob, source, other),
    tags: () => listTags(address, send, (response) => readCapped(response, address.host)),
    now: () => Date.now() + ahead,
    async remove(kind, digest) {
      const asked = { method: 'DELETE', path: `/${kind}/${digest}` } as const;
      const { status, body } = await send(asked);
      await body?.cancel();
      if (status < 300 || status === 404) return true;
      if ([400, 405, 501].includes(status)) return false;
      throw failed(address, asked, status);
    },
    async pushManifest(reference, { bytes, mediaType }) {
      const digest = digestOf(bytes);
      const asked = { method: 'PUT', path: `/manifests/${reference}` } as const;
      const done = await send({
        ...asked,
        headers: { 'content-type': mediaType },
        body: async () => new Uint8Array(bytes),
      });
      await done.body?.cancel();
      if (done.status !== 201) throw failed(address, asked, done.status);
      checkTold(address.host, digest, done);
      return digest;
    },
  };
}

async function readCapped(response: Response, host: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > mostManifest) {
      throw new LockstepError('E_REGISTRY_FAILED', {
        what: `an answer of more than ${mostManifest} bytes from ${host}`,
        allowed: '4 MiB',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
