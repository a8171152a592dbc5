import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import type { Registry } from '../../oci/index.ts';
import {
  checkSchema,
  type Digest,
  digestOf,
  LockstepError,
  parseJson,
  temporaryBeside,
} from '../../workspace/index.ts';
import type { Layout } from '../layout.ts';
import { type Descriptor, type Index, type Manifest, mediaTypes } from '../oci.ts';
import { documents } from '../oci-schema.ts';

const atATime = 4;

/** Repository of the same registry that a blob may be taken from; null to send it. */
export type Sibling = (blob: Descriptor) => string | null;

/**
 * The blobs of a manifest of the layout, then the manifest by its digest, read back byte for byte. Returns the bytes
 * that were sent. Errors: E_REGISTRY_*.
 */
export async function pushDocument(
  registry: Registry,
  layout: Layout,
  digest: Digest,
  siblingOf: Sibling = () => null,
): Promise<number> {
  const manifest = layout.readManifest(digest);
  const sizes = await each(blobsOf(manifest), async (blob) => {
    const sent = await registry.pushBlob(blob, layout.pathOf(blob.digest), siblingOf(blob));
    return sent ? blob.size : 0;
  });
  const blobs = sizes.reduce((sum, size) => sum + size, 0);
  if ((await registry.resolve(digest)) !== null) return blobs;
  const bytes = layout.readBlob(digest);
  await registry.pushManifest(digest, { bytes, mediaType: manifest.mediaType ?? mediaTypes.manifest });
  const back = await registry.resolve(digest);
  if (back?.bytes.equals(bytes)) return blobs + bytes.byteLength;
  throw new LockstepError('E_REGISTRY_DIGEST', {
    what: `${registry.name} gives back ${back?.digest ?? 'nothing'} for the manifest it was sent`,
    allowed: digest,
    fix: 'nothing names it yet; tell who runs the registry',
  });
}

/** A manifest with all it names, into the layout. Errors: E_IMAGE_MISSING, E_REGISTRY_*, E_DIGEST_MISMATCH, E_SIZE_MISMATCH. */
export async function pullDocument(registry: Registry, layout: Layout, digest: Digest): Promise<Manifest> {
  const found = layout.has(digest) ? layout.readBlob(digest) : (await registry.resolve(digest))?.bytes;
  if (!found) throw notThere(registry, digest);
  const where = `${registry.name}@${digest}`;
  const manifest = checkSchema<Manifest>(parseJson(found, where), documents.manifest);
  await pullBlobs(registry, layout, blobsOf(manifest));
  layout.writeBlob(found); // Last: who finds the manifest finds all that it names.
  return manifest;
}

const blobsOf = ({ config, layers }: Manifest): Descriptor[] => [
  ...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values(),
];

function each<T>(blobs: readonly Descriptor[], work: (blob: Descriptor) => Promise<T>): Promise<T[]> {
  const few = pLimit(atATime);
  return Promise.all(blobs.map((blob) => few(() => work(blob))));
}

/** Into the layout, what is not there yet. Errors: E_REGISTRY_*, E_DIGEST_MISMATCH, E_SIZE_MISMATCH. */
export async function pullBlobs(
  registry: Registry,
  layout: Layout,
  blobs: readonly Descriptor[],
): Promise<void> {
  await each(blobs, (blob) => pullBlob(registry, layout, blob));
}

async function pullBlob(registry: Registry, layout: Layout, blob: Descriptor): Promise<void> {
  if (layout.has(blob.digest)) return;
  const target = layout.pathOf(blob.digest);
  mkdirSync(dirname(target), { recursive: true });
  const temporary = temporaryBeside(target);
  await registry.pullBlob(blob, temporary);
  renameSync(temporary, target);
}

export const notThere = ({ name }: Registry, what: string): LockstepError =>
  new LockstepError('E_IMAGE_MISSING', {
    what: `no ${what} in ${name}`,
    allowed: 'an image that is there',
    fix: 'push it, or correct the reference',
  });

export const parseIndex = (bytes: Buffer): Index =>
  checkSchema<Index>(parseJson(bytes, `index ${digestOf(bytes)}`), documents.index);
