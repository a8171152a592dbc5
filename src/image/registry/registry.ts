import { createHash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf, diskFull, LockstepError, printable } from '../../workspace/index.ts';
import type { Descriptor } from '../oci.ts';
import { mediaTypes } from '../oci.ts';
import { registryAddress, sameOwner } from './address.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { failed, openSender } from './request.ts';

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
  /** False when it was there already. */
  pushBlob(blob: Pick<Descriptor, 'digest' | 'size'>, path: string): Promise<boolean>;
  pushManifest(reference: string, manifest: Omit<RemoteManifest, 'digest'>): Promise<Digest>;
}

const mostManifest = 4 * 1024 * 1024;
const mostRedirects = 3;
const accepted = [
  mediaTypes.manifest,
  mediaTypes.index,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

export interface RegistryOptions {
  readonly actions?: 'pull' | 'pull,push';
  /** Null asks as a stranger would; those of this machine unless stated. */
  readonly credentials?: Credentials | null;
}

/** Errors: E_IMAGE_REF for a name without a registry. */
export function openRegistry(
  name: string,
  { actions = 'pull', credentials }: RegistryOptions = {},
): Registry {
  const address = registryAddress(name);
  const known = credentials === undefined ? credentialsFor(address.host) : credentials;
  const send = openSender(address, known, actions);

  async function resolve(reference: string): Promise<RemoteManifest | null> {
    const path = `/manifests/${reference}`;
    const response = await send({ method: 'GET', path, headers: { accept: accepted } });
    if (response.status === 404) return null;
    if (response.status !== 200) throw failed(address, { method: 'GET', path }, response.status);
    const bytes = await readCapped(response, address.host);
    const digest = digestOf(bytes);
    const told = response.headers.get('docker-content-digest');
    const wanted = reference.startsWith('sha256:') ? reference : told;
    if (wanted !== null && wanted !== digest) throw otherDigest(address.host, reference, wanted, digest);
    return {
      digest,
      bytes,
      mediaType: response.headers.get('content-type')?.split(';')[0] ?? mediaTypes.manifest,
    };
  }

  async function getBlob(digest: Digest): Promise<Response> {
    let path = `/blobs/${digest}`;
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const response = await send({ method: 'GET', path, timeoutMs: 10 * 60_000 });
      if (response.status === 200) return response;
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null)
        throw failed(address, { method: 'GET', path: `/blobs/${digest}` }, response.status);
      await response.body?.cancel();
      path = checkedRedirect(location, /^https?:/.test(path) ? path : address.url);
    }
    throw failed(address, { method: 'GET', path: `/blobs/${digest}` }, 'too many redirects');
  }

  return {
    name,
    resolve,
    async pullBlob({ digest, size }, path) {
      const response = await getBlob(digest);
      const hash = createHash('sha256');
      let seen = 0;
      const counted = async function* (source: AsyncIterable<Uint8Array>) {
        for await (const chunk of source) {
          seen += chunk.byteLength;
          if (seen > size) break;
          hash.update(chunk);
          yield chunk;
        }
      };
      try {
        await pipeline(
          Readable.fromWeb(response.body as never),
          counted,
          createWriteStream(path, { flags: 'wx', flush: true }),
        );
        checkReceived(name, { digest, size }, seen, `sha256:${hash.digest('hex')}`);
      } catch (error) {
        await rm(path, { force: true });
        throw error instanceof LockstepError ? error : diskFull(error, path);
      }
    },
    async pushBlob({ digest, size }, path) {
      const there = await send({ method: 'HEAD', path: `/blobs/${digest}` });
      if (there.status === 200) return false;
      const begun = await send({
        method: 'POST',
        path: '/blobs/uploads/',
        body: async () => new Uint8Array(),
      });
      const location = begun.headers.get('location');
      if (begun.status !== 202 || location === null)
        throw failed(address, { method: 'POST', path: '/blobs/uploads/' }, begun.status);
      const upload = new URL(location, address.url);
      if (!sameOwner(upload.host, new URL(address.url).host))
        throw failed(
          address,
          { method: 'POST', path: '/blobs/uploads/' },
          `an upload at ${printable(upload.origin, 80)}`,
        );
      upload.searchParams.set('digest', digest);
      const done = await send({
        method: 'PUT',
        path: upload.href,
        headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
        body: () => openAsBlob(path),
        timeoutMs: 10 * 60_000,
      });
      if (done.status !== 201)
        throw failed(address, { method: 'PUT', path: `/blobs/${digest}` }, done.status);
      checkTold(address.host, digest, done);
      return true;
    },
    async pushManifest(reference, { bytes, mediaType }) {
      const digest = digestOf(bytes);
      const path = `/manifests/${reference}`;
      const done = await send({
        method: 'PUT',
        path,
        headers: { 'content-type': mediaType },
        body: async () => new Uint8Array(bytes),
      });
      if (done.status !== 201) throw failed(address, { method: 'PUT', path }, done.status);
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
        what: `a manifest of more than ${mostManifest} bytes from ${host}`,
        allowed: '4 MiB',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkReceived(
  name: string,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  seen: number,
  found: string,
): void {
  if (seen !== size) {
    throw new LockstepError('E_SIZE_MISMATCH', {
      what: `${digest} has ${seen > size ? `more than ${size}` : seen} bytes in ${name}`,
      allowed: `${size} bytes`,
      fix: 'run the command again; push the image again if it goes on',
    });
  }
  if (found === digest) return;
  throw new LockstepError('E_DIGEST_MISMATCH', {
    what: `${name} holds other bytes (${found}) for ${digest}`,
    allowed: digest,
    fix: 'push the image again',
  });
}

function checkTold(host: string, digest: Digest, response: Response): void {
  const told = response.headers.get('docker-content-digest');
  if (told !== null && told !== digest) throw otherDigest(host, digest, digest, told);
}

const otherDigest = (host: string, what: string, wanted: string, found: string): LockstepError =>
  new LockstepError('E_REGISTRY_DIGEST', {
    what: `${host} has ${printable(found, 80)} for ${printable(what, 80)}`,
    allowed: wanted,
    fix: 'nothing of it is used; tell who runs the registry',
  });

/** Blobs often lie with a storage provider; never at an address inside, and never over a plain connection to elsewhere. */
function checkedRedirect(location: string, from: string): string {
  const [target, origin] = [new URL(location, from), new URL(from)];
  const inside =
    /^(169\.254\.|0\.|\[fe80:|\[fd)/i.test(target.hostname) || target.hostname === 'metadata.google.internal';
  const plain = target.protocol === 'http:' && target.hostname === origin.hostname;
  if (!inside && (target.protocol === 'https:' || plain)) return target.href;
  throw new LockstepError('E_REMOTE_REDIRECT', {
    what: `the registry sends us to ${printable(target.protocol === 'file:' ? target.href : target.origin, 100)}`,
    allowed: 'https to another host',
    fix: 'nothing was fetched; tell who runs the registry',
  });
}
