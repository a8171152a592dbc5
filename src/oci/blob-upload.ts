import { openAsBlob } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLockstepError, printable } from '../workspace/index.ts';
import { type RegistryAddress, sameOwner } from './address.ts';
import { askBlob } from './blob-download.ts';
import { checkTold } from './digest-header.ts';
import type { Descriptor } from './documents.ts';
import { backOff, failed, reasonOf, type Send } from './request.ts';

/** A file's path, or the bytes. */
export type BlobSource = string | Uint8Array<ArrayBuffer>;

const tries = 3;
const begin = { method: 'POST', path: '/blobs/uploads/' } as const;
/** An upload that was cut off, or that the registry forgot, begins anew. */
const mayPass = (how: number | string): boolean =>
  typeof how === 'string' || how >= 500 || [400, 404, 416].includes(how);

const brokenBy = (error: unknown): string => {
  if (isLockstepError(error)) throw error;
  return reasonOf(error);
};

/**
 * Sends a blob, unless the registry has it, or takes it from the repository `from` of its own (`mount`).
 * Returns whether bytes were sent. Errors: E_REGISTRY_*.
 */
export async function uploadBlob(
  address: RegistryAddress,
  send: Send,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  source: BlobSource,
  from: string | null,
): Promise<boolean> {
  const there = await send({ method: 'HEAD', path: `/blobs/${digest}` });
  if (there.status === 200) return false;
  // Who keeps blobs elsewhere sends us there.
  if (there.status === 307 && (await askBlob(address, send, 'HEAD', digest).catch(() => null))) return false;
  for (let attempt = 1; ; attempt++) {
    const place = await beginUpload(from);
    if (place === null) return false;
    const how = await put(place).catch(brokenBy);
    if (how === 201) return true;
    if (attempt === tries || !mayPass(how))
      throw failed(address, { method: 'PUT', path: `/blobs/${digest}` }, how);
    await sleep(backOff(attempt));
  }

  /** Where to send the bytes; null when they were there already, in the other repository. */
  async function beginUpload(other: string | null): Promise<URL | null> {
    const query = other === null ? '' : `?${new URLSearchParams({ mount: digest, from: other })}`;
    const begun = await send({ ...begin, path: `${begin.path}${query}`, body: async () => new Uint8Array() });
    await begun.body?.cancel();
    if (other !== null && begun.status === 201) return null;
    const location = begun.headers.get('location');
    if (begun.status !== 202 || location === null) throw failed(address, begin, begun.status);
    const place = new URL(location, address.url);
    if (!sameOwner(place.host, new URL(address.url).host))
      throw failed(address, begin, `an upload at ${printable(place.origin, 80)}`);
    place.searchParams.set('digest', digest);
    return place;
  }

  async function put(place: URL): Promise<number> {
    const done = await send({
      method: 'PUT',
      path: place.href,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
      body: async () => (typeof source === 'string' ? openAsBlob(source) : source),
      timeoutMs: 10 * 60_000,
      once: true,
    });
    await done.body?.cancel();
    if (done.status === 201) checkTold(address.host, digest, done);
    return done.status;
  }
}
