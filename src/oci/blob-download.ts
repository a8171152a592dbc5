import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkedRedirect } from '../http/index.ts';
import { type Digest, diskFull, LockstepError } from '../workspace/index.ts';
import type { RegistryAddress } from './address.ts';
import type { Descriptor } from './documents.ts';
import { failed, readingAgain, type Send } from './request.ts';

const mostRedirects = 3;
const timeoutMs = 10 * 60_000;

/**
 * Streams a blob into a file that is not there yet, hashed on its way and synced; on any error nothing is left of it.
 * Errors: E_REGISTRY_*, E_REMOTE_REDIRECT, E_SIZE_MISMATCH, E_DIGEST_MISMATCH, E_DISK_FULL.
 */
export async function downloadBlob(
  address: RegistryAddress,
  send: Send,
  blob: Pick<Descriptor, 'digest' | 'size'>,
  path: string,
): Promise<void> {
  const asked = { method: 'GET', path: `/blobs/${blob.digest}` } as const;
  await readingAgain(address, asked, async () => {
    const response = await askBlob(address, send, 'GET', blob.digest);
    if (response === null) throw failed(address, asked, 404);
    try {
      await receive(response, blob, path, `${address.host}/${address.repository}`);
    } catch (error) {
      await rm(path, { force: true });
      throw diskFull(error, path);
    }
  });
}

/**
 * The answer with a blob (200, or 206 where `headers` ask for a part); null when there is none. Blobs often lie with a
 * storage provider, at an address that holds a secret of its own: our login stays here. Errors: E_REGISTRY_*, E_REMOTE_REDIRECT.
 */
export async function askBlob(
  address: RegistryAddress,
  send: Send,
  method: 'GET' | 'HEAD',
  digest: Digest,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response | null> {
  const asked = { method, path: `/blobs/${digest}` } as const;
  let path: string = asked.path;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await send({
      ...asked,
      path,
      headers: { ...headers, 'accept-encoding': 'identity' },
      timeoutMs,
    });
    if (response.status === 200 || (response.status === 206 && headers.range !== undefined)) return response;
    await response.body?.cancel();
    if (response.status === 404) return null;
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null)
      throw failed(address, asked, response.status);
    const from = new URL(/^https?:/.test(path) ? path : `${address.url}${path}`);
    const own = URL.parse(location, from);
    path = own?.origin === from.origin ? own.href : (await checkedRedirect(from, location)).href;
  }
  throw failed(address, asked, 'too many redirects');
}

async function receive(
  response: Response,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  path: string,
  name: string,
): Promise<void> {
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
  const file = createWriteStream(path, { flags: 'wx', flush: true });
  await pipeline(Readable.fromWeb(response.body as never), counted, file);
  const found: Digest = `sha256:${hash.digest('hex')}`;
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
