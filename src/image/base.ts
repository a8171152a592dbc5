import { checkSchema, type Digest, LockstepError, parseJson } from '../workspace/index.ts';
import type { Layout } from './layout.ts';
import { type Descriptor, type ImageConfig, type Manifest, mediaTypes } from './oci.ts';
import { documents } from './oci-schema.ts';
import type { Platform } from './platform.ts';
import { parseReference } from './reference.ts';

/** The image that ours is put upon: an operating system with Node. */
export interface Base {
  readonly name: string;
  readonly digest: Digest;
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
}

/**
 * A base by digest, from the layout. Errors: E_IMAGE_REF, E_BASE_MISSING, E_IMAGE_PLATFORM.
 */
export function readBase(text: string, layout: Layout, platform: Platform): Base {
  const { name, digest } = parseReference(text);
  if (digest === null || !layout.has(digest)) throw missing(text, layout.path);
  const manifest = manifestFor(layout, digest, platform, text);
  const config = readConfig(layout, manifest.config);
  if (config.os !== platform.os || config.architecture !== platform.architecture) {
    throw otherPlatform(text, `${config.os}/${config.architecture}`, platform);
  }
  for (const layer of manifest.layers) if (!layout.has(layer.digest)) throw missing(text, layout.path);
  return { name, digest, config, layers: manifest.layers.map(inOurWords) };
}

/** Docker's name for the very same bytes. */
const inOurWords = (layer: Descriptor): Descriptor =>
  layer.mediaType === 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    ? { ...layer, mediaType: mediaTypes.layer }
    : layer;

export function readConfig(layout: Layout, descriptor: Descriptor): ImageConfig {
  const bytes = layout.readBlob(descriptor.digest, descriptor.size);
  return checkSchema<ImageConfig>(parseJson(bytes, layout.pathOf(descriptor.digest)), documents.config);
}

/** A base by digest is one manifest, or an index with one per platform. */
function manifestFor(layout: Layout, digest: Digest, platform: Platform, text: string): Manifest {
  const document = JSON.parse(layout.readBlob(digest).toString()) as {
    mediaType?: string;
    manifests?: unknown;
  };
  if (document.mediaType !== mediaTypes.index && document.manifests === undefined) {
    return layout.readManifest(digest);
  }
  const { manifests } = layout.readIndex(digest);
  const chosen = manifests.find(
    (entry) => entry.platform?.os === platform.os && entry.platform.architecture === platform.architecture,
  );
  const there = manifests.flatMap((entry) =>
    entry.platform ? [`${entry.platform.os}/${entry.platform.architecture}`] : [],
  );
  if (!chosen) throw otherPlatform(text, there.join(', ') || 'no platform', platform);
  if (!layout.has(chosen.digest)) throw missing(text, layout.path);
  return layout.readManifest(chosen.digest);
}

const missing = (text: string, layout: string) =>
  new LockstepError('E_BASE_MISSING', {
    what: `the base image ${text} is not, or not whole, in ${layout}`,
    where: { file: 'lockstep.yaml' },
    allowed: 'a base whose blobs lie in the layout, or none for the local agent alone',
    fix: `skopeo copy docker://${text} oci:${layout}, or remove image.base`,
  });

const otherPlatform = (text: string, found: string, { os, architecture }: Platform) =>
  new LockstepError('E_IMAGE_PLATFORM', {
    what: `the base image ${text} is for ${found}`,
    where: { file: 'lockstep.yaml' },
    allowed: `${os}/${architecture}`,
    fix: 'name a base for the platform that is built',
  });
