import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkSchema,
  type Digest,
  digestOf,
  hexOf,
  LockstepError,
  parseJson,
  shown,
  statePath,
  type Workspace,
  withLock,
  writeAtomic,
} from '../workspace/index.ts';
import { annotation, type Descriptor, describe, type Index, type Manifest, mediaTypes } from './oci.ts';
import { documents } from './oci-schema.ts';

/** An OCI image layout (image-layout.md of the specification): blobs by digest, and `index.json`, which names some. */
export interface Layout {
  readonly path: string;
  has(digest: Digest): boolean;
  pathOf(digest: Digest): string;
  /** Bytes whose digest was checked. Errors: E_IMAGE_MISSING, E_DIGEST_MISMATCH, E_SIZE_MISMATCH. */
  readBlob(digest: Digest, size?: number): Buffer;
  readManifest(digest: Digest): Manifest;
  readIndex(digest: Digest): Index;
  list(): readonly Descriptor[];
  find(reference: string): Descriptor | null;
  writeBlob(bytes: Uint8Array): Digest;
  /** Makes `reference` name this descriptor in `index.json`, atomically and one writer at a time. */
  tag(reference: string, descriptor: Descriptor): Promise<void>;
  /** The same where the new descriptor depends on the old one. */
  update(reference: string, change: (old: Descriptor | null) => Descriptor): Promise<void>;
}

/** The layout that all models of a workspace share. */
export const openImages = (workspace: Workspace): Layout =>
  openLayout(statePath(workspace, 'images'), (path) => shown(workspace, path));

export function openLayout(path: string, show: (path: string) => string = (file) => file): Layout {
  const indexPath = join(path, 'index.json');
  const pathOf = (digest: Digest) => join(path, 'blobs', 'sha256', hexOf(digest));
  const has = (digest: Digest) => existsSync(pathOf(digest));

  function readBlob(digest: Digest, size?: number): Buffer {
    if (!has(digest)) throw missing(digest, show(path));
    const bytes = readFileSync(pathOf(digest));
    checkBytes(bytes, digest, size, show(pathOf(digest)));
    return bytes;
  }

  const readDocument = <T>(digest: Digest, kind: keyof typeof documents): T =>
    checkSchema<T>(parseJson(readBlob(digest), show(pathOf(digest))), documents[kind]);

  function list(): readonly Descriptor[] {
    if (!existsSync(indexPath)) return [];
    return checkSchema<Index>(parseJson(readFileSync(indexPath), show(indexPath)), documents.index).manifests;
  }

  const update = (reference: string, change: (old: Descriptor | null) => Descriptor): Promise<void> =>
    withLock(join(path, 'index.lock'), { what: `writing ${show(indexPath)}`, waitMs: 30_000 }, async () => {
      writeAtomic(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      const named = list().filter(({ annotations }) => annotations?.[annotation.ref] !== reference);
      const next = change(find(reference));
      const entry = { ...next, annotations: { ...next.annotations, [annotation.ref]: reference } };
      const manifests = [...named, entry].sort((a, b) => (refOf(a) < refOf(b) ? -1 : 1));
      const index: Index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
      writeAtomic(indexPath, describe(mediaTypes.index, index).bytes);
    });

  const find = (reference: string): Descriptor | null =>
    list().find(({ annotations }) => annotations?.[annotation.ref] === reference) ?? null;

  return {
    path,
    has,
    pathOf,
    readBlob,
    readManifest: (digest) => readDocument<Manifest>(digest, 'manifest'),
    readIndex: (digest) => readDocument<Index>(digest, 'index'),
    list,
    find,
    update,
    tag: (reference, descriptor) => update(reference, () => descriptor),
    writeBlob(bytes) {
      const digest = digestOf(bytes);
      const there = has(digest) && statSync(pathOf(digest)).size === bytes.byteLength;
      if (!there) writeAtomic(pathOf(digest), bytes);
      return digest;
    },
  };
}

const refOf = (descriptor: Descriptor): string => descriptor.annotations?.[annotation.ref] ?? '';

/** Errors: E_SIZE_MISMATCH, E_DIGEST_MISMATCH. */
function checkBytes(bytes: Uint8Array, digest: Digest, size: number | undefined, file: string): void {
  if (size !== undefined && bytes.byteLength !== size) {
    throw new LockstepError('E_SIZE_MISMATCH', {
      what: `${bytes.byteLength} bytes`,
      where: { file },
      allowed: `${size} bytes`,
      fix: 'remove the file and build the image again',
    });
  }
  const found = digestOf(bytes);
  if (found !== digest) {
    throw new LockstepError('E_DIGEST_MISMATCH', {
      what: `bytes with digest ${found}`,
      where: { file },
      allowed: `the digest it is named by, ${digest}`,
      fix: 'remove the file and build the image again',
    });
  }
}

const missing = (digest: Digest, file: string) =>
  new LockstepError('E_IMAGE_MISSING', {
    what: `no blob ${digest}`,
    where: { file },
    fix: 'build the image again with `lockstep image build`',
  });
