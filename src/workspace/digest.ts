import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { LockstepError } from './errors.ts';

/** `sha256:` and 64 lower-case hex digits: the one way Lockstep names bytes. */
export type Digest = `sha256:${string}`;

const pattern = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: unknown): text is Digest => typeof text === 'string' && pattern.test(text);

export function parseDigest(text: string, file?: string): Digest {
  if (isDigest(text)) return text;
  throw new LockstepError('E_DIGEST_FORMAT', {
    what: `digest "${text}"`,
    where: file === undefined ? undefined : { file },
    allowed: 'sha256: and 64 lower-case hex digits',
  });
}

export const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

export const digestOf = (bytes: Uint8Array | string): Digest => `sha256:${hash('sha256', bytes)}`;

/** For people: the digest at the end of a text, an image's say, by its first twelve digits. */
export const shortDigest = (text: string): string => text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');

/** The digest and size (bytes) of a file, read as a stream, so that memory stays bounded for any size. */
export async function digestFile(path: string): Promise<{ digest: Digest; size: number }> {
  const sum = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    sum.update(chunk as Uint8Array);
    size += (chunk as Uint8Array).byteLength;
  }
  return { digest: `sha256:${sum.digest('hex')}`, size };
}
