import { createHash } from 'node:crypto';
import { type Descriptor, describe, type Manifest, ociTypes, type RemoteManifest } from '../../oci/index.ts';
import type { Digest } from '../../workspace/index.ts';

// How a remote's keys lie in an OCI repository (docs/formats/remote.md, "In a registry").

const artifactType = 'application/vnd.lockstep.data.v1+json';
const keyName = 'dev.lockstep.key';
const createdName = 'org.opencontainers.image.created';

/** What every manifest needs as its config: `{}`. */
export const empty = describe(ociTypes.empty, {});

/** A manifest of ours. */
export interface Kept {
  /** Of the manifest itself. */
  readonly digest: Digest;
  /** The key of the document that it holds, as its first layer; null where it only names objects. */
  readonly key: string | null;
  readonly document: Descriptor | null;
  /** The objects that it names, so that they are kept. */
  readonly objects: readonly Descriptor[];
  /** When it was put, by the registry's clock: ms since 1970. */
  readonly modified: number;
}

/** The digest in `sha256/<2>/<62>`; null for any other key, whose bytes are a document's. */
export function digestIn(key: string): Digest | null {
  const [, two, rest] = /^sha256\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(key) ?? [];
  return two === undefined ? null : `sha256:${two}${rest}`;
}

/** Tags know no slashes and end at 128 characters: short where the key is one of ours, else the key's own digest. */
export function tagOf(key: string): string {
  const [, map, two, rest] =
    /^(chunks|packs|tombstones)\/sha256\/([0-9a-f]{2})\/([0-9a-f]{62})\.json$/.exec(key) ?? [];
  if (map !== undefined) return `${map}-${two}${rest}`;
  const [, room, name] = /^([a-z]{1,20})\/([\w.-]{1,100})\.json$/.exec(key) ?? [];
  return room !== undefined ? `${room}.${name}` : `key-${sha256Of(key)}`;
}

/** Whether a tag's key may begin so. */
export const mayHold = (tag: string, prefix: string): boolean =>
  tag.startsWith('key-') || !prefix.includes('/') || tag.startsWith(prefix.split('/')[0]!);

export const keepPrefix = 'keep-';
export const keepTag = (objects: readonly Descriptor[]): string =>
  keepPrefix + sha256Of(objects.map(({ digest }) => digest).join('\n'));

export function printManifest({ key, document, objects, modified }: Omit<Kept, 'digest'>): RemoteManifest {
  const { bytes, descriptor } = describe(ociTypes.manifest, {
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    artifactType,
    config: empty.descriptor,
    layers: document === null ? objects : [document, ...objects],
    annotations: {
      [createdName]: new Date(modified).toISOString(),
      ...(key === null ? {} : { [keyName]: key }),
    },
  } satisfies Manifest);
  return { bytes, digest: descriptor.digest, mediaType: ociTypes.manifest };
}

/** Null for what is not ours: an image may lie in the same repository. */
export function readManifest(found: RemoteManifest | null): Kept | null {
  const manifest = found === null ? null : parse(found.bytes);
  if (found === null || manifest?.artifactType !== artifactType || !manifest.layers?.every(isDescriptor))
    return null;
  const key = manifest.annotations?.[keyName] ?? null;
  return {
    digest: found.digest,
    key,
    document: key === null ? null : (manifest.layers[0] ?? null),
    objects: key === null ? manifest.layers : manifest.layers.slice(1),
    modified: Date.parse(manifest.annotations?.[createdName] ?? '') || 0,
  };
}

function parse(bytes: Buffer): Partial<Manifest> | null {
  try {
    return JSON.parse(bytes.toString()) as Partial<Manifest> | null;
  } catch {
    return null;
  }
}

const isDescriptor = (layer: Partial<Descriptor> | null): boolean =>
  /^sha256:[0-9a-f]{64}$/.test(String(layer?.digest)) && Number.isSafeInteger(layer?.size);

/** The packs that a map names: without them it is of no use. */
export function packsIn(key: string, bytes: Uint8Array): readonly Digest[] {
  if (!/^(chunks|packs)\//.test(key)) return [];
  const { packs } = JSON.parse(Buffer.from(bytes).toString()) as { packs?: readonly string[] };
  return (packs ?? []).map((hex): Digest => `sha256:${hex}`);
}

export const objectOf = (digest: Digest, size: number): Descriptor => ({
  mediaType: 'application/octet-stream',
  digest,
  size,
});

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
