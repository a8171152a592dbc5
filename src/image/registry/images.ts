import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import {
  checkSchema,
  type Digest,
  digestOf,
  hexOf,
  LockstepError,
  parseJson,
  temporaryBeside,
  type Workspace,
} from '../../workspace/index.ts';
import { type Layout, openImages } from '../layout.ts';
import { annotation, type Descriptor, describe, type Index, type Manifest, mediaTypes } from '../oci.ts';
import { documents } from '../oci-schema.ts';
import { isRegistryName } from './address.ts';
import { openRegistry, type Registry } from './registry.ts';

export interface PushedImage {
  readonly digest: Digest;
  /** Bytes that the registry did not have yet. */
  readonly sent: number;
  /** Whether somebody without an account can pull it; null on this machine's own registry, where nobody else is. */
  readonly public: boolean | null;
}

const atATime = 4;

/**
 * Pushes an image of the layout with its evidence: blobs, the manifest by digest, read back byte for byte, the evidence
 * under the tag where registries without a referrers API look for it, the version's tag last. Again it sends nothing.
 * Errors: E_BASE_MISSING for an image that nothing but this machine can run, E_REGISTRY_*, E_IMAGE_*.
 */
export async function pushImage(
  workspace: Workspace,
  { name, digest, tag }: { readonly name: string; readonly digest: Digest; readonly tag: string },
): Promise<PushedImage> {
  const layout = openImages(workspace);
  const manifest = layout.readManifest(digest);
  refuseUnportable(manifest, `${name}@${digest}`);
  const registry = openRegistry(name, { actions: 'pull,push' });
  let sent = await pushDocument(registry, layout, digest);
  sent += await pushEvidence(registry, layout, digest);
  const bytes = layout.readBlob(digest);
  const there = await registry.resolve(tag);
  if (there?.digest !== digest) await registry.pushManifest(tag, { bytes, mediaType: mediaTypes.manifest });
  return { digest, sent, public: await isPublic(name, digest) };
}

/** The blobs of a manifest, then the manifest by its digest, read back. Returns the bytes that were sent. */
async function pushDocument(registry: Registry, layout: Layout, digest: Digest): Promise<number> {
  const manifest = layout.readManifest(digest);
  const few = pLimit(atATime);
  const distinct = new Map([manifest.config, ...manifest.layers].map((blob) => [blob.digest, blob]));
  const sizes = await Promise.all(
    [...distinct.values()].map((blob) =>
      few(async () => ((await registry.pushBlob(blob, layout.pathOf(blob.digest))) ? blob.size : 0)),
    ),
  );
  const bytes = layout.readBlob(digest);
  const known = await registry.resolve(digest);
  if (known === null) {
    await registry.pushManifest(digest, { bytes, mediaType: manifest.mediaType ?? mediaTypes.manifest });
    const back = await registry.resolve(digest);
    if (!back?.bytes.equals(bytes)) {
      throw new LockstepError('E_REGISTRY_DIGEST', {
        what: `${registry.name} gives back ${back?.digest ?? 'nothing'} for the manifest it was sent`,
        allowed: digest,
        fix: 'nothing names it yet; tell who runs the registry',
      });
    }
  }
  return sizes.reduce((sum, size) => sum + size, known === null ? bytes.byteLength : 0);
}

export const referrersTag = (image: Digest): string => `sha256-${hexOf(image)}`;

async function pushEvidence(registry: Registry, layout: Layout, image: Digest): Promise<number> {
  const tagged = layout.find(referrersTag(image));
  if (tagged === null) return 0;
  const own = layout.readIndex(tagged.digest).manifests;
  let sent = 0;
  for (const { digest } of own) sent += await pushDocument(registry, layout, digest);
  const remote = await registry.resolve(referrersTag(image));
  const others = remote === null ? [] : parseIndex(remote.bytes).manifests;
  const missing = own.filter(({ digest }) => !others.some((entry) => entry.digest === digest));
  if (missing.length === 0) return sent;
  const index: Index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...others, ...missing] };
  const { bytes } = describe(mediaTypes.index, index);
  await registry.pushManifest(referrersTag(image), { bytes, mediaType: mediaTypes.index });
  return sent + bytes.byteLength;
}

/** Asks as a stranger would. A registry that says no to strangers says it in many ways: any of them is no. */
async function isPublic(name: string, digest: Digest): Promise<boolean | null> {
  if (/^(localhost|127\.|\[::1\])/.test(name)) return null;
  try {
    return (await openRegistry(name, { credentials: null }).resolve(digest)) !== null;
  } catch {
    return false;
  }
}

/**
 * Brings the newest evidence of an image into the layout, every byte hashed, so that `readEvidence` finds it. False
 * where the image is in no registry, or has none there. Errors: E_REGISTRY_*, E_DIGEST_MISMATCH, E_IMAGE_LAYOUT.
 */
export async function pullEvidence(workspace: Workspace, name: string, image: Digest): Promise<boolean> {
  if (!isRegistryName(name)) return false;
  const registry = openRegistry(name);
  const remote = await registry.resolve(referrersTag(image));
  const newest =
    remote &&
    parseIndex(remote.bytes).manifests.findLast(({ artifactType }) => artifactType === mediaTypes.evidence);
  if (!newest) return false;
  const layout = openImages(workspace);
  await pullDocument(registry, layout, newest.digest);
  const index: Index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [newest] };
  const { bytes, descriptor } = describe(mediaTypes.index, index);
  layout.writeBlob(bytes);
  await layout.tag(referrersTag(image), descriptor);
  return true;
}

/** A manifest with all it names, into the layout. */
export async function pullDocument(registry: Registry, layout: Layout, digest: Digest): Promise<Manifest> {
  const found = await registry.resolve(digest);
  if (found === null) {
    throw new LockstepError('E_IMAGE_MISSING', {
      what: `no ${digest} in ${registry.name}`,
      allowed: 'an image that is there',
      fix: 'push it again',
    });
  }
  const manifest = checkSchema<Manifest>(
    parseJson(found.bytes, `${registry.name}@${digest}`),
    documents.manifest,
  );
  const few = pLimit(atATime);
  await Promise.all(
    [manifest.config, ...manifest.layers].map((blob) => few(() => pullBlob(registry, layout, blob))),
  );
  layout.writeBlob(found.bytes);
  return manifest;
}

async function pullBlob(registry: Registry, layout: Layout, blob: Descriptor): Promise<void> {
  if (layout.has(blob.digest)) return;
  const target = layout.pathOf(blob.digest);
  mkdirSync(dirname(target), { recursive: true });
  const temporary = temporaryBeside(target);
  await registry.pullBlob(blob, temporary);
  renameSync(temporary, target);
}

export const parseIndex = (bytes: Buffer): Index =>
  checkSchema<Index>(parseJson(bytes, `index ${digestOf(bytes)}`), documents.index);

/** What has no operating system under it runs on no cluster: better said here than by a pod that does not start. */
function refuseUnportable({ annotations }: Manifest, image: string): void {
  if (annotations?.[annotation.runs] === undefined) return;
  throw new LockstepError('E_BASE_MISSING', {
    what: `${image} has no base image: nothing but the local agent can run it`,
    where: { file: 'lockstep.yaml' },
    allowed: 'images with an operating system and Node 24 under them',
    fix: 'set `image: {base: docker.io/library/node:24-bookworm-slim}` in lockstep.yaml, then `lockstep image pin-base`',
  });
}
