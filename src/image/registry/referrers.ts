import { isRegistryName, openRegistry, type Registry } from '../../oci/index.ts';
import { type Digest, hexOf, type Workspace } from '../../workspace/index.ts';
import { type Layout, openImages } from '../layout.ts';
import { type Descriptor, describe, type Index, mediaTypes } from '../oci.ts';
import { parseIndex, pullDocument, pushDocument } from './documents.ts';

/** Where registries without the referrers API look for what is about an image (OCI distribution 1.1, "Referrers Tag Schema"). */
export const referrersTag = (image: Digest): string => `sha256-${hexOf(image)}`;

const mostTries = 5;

const indexOf = (manifests: readonly Descriptor[]): Index => ({
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests,
});

/** Sends what is about an image and joins it to what others put there. Returns the bytes that were sent. Errors: E_REGISTRY_*. */
export async function pushEvidence(registry: Registry, layout: Layout, image: Digest): Promise<number> {
  const tagged = layout.find(referrersTag(image));
  if (tagged === null) return 0;
  const own = layout.readIndex(tagged.digest).manifests;
  let sent = 0;
  for (const { digest } of own) sent += await pushDocument(registry, layout, digest);
  // A registry's tag is no compare-and-swap: whoever wrote in between wins, and we join ours again.
  for (let tries = 1; tries <= mostTries; tries++) {
    const there = await listed(registry, image);
    const missing = own.filter(({ digest }) => !there.some((entry) => entry.digest === digest));
    if (missing.length === 0) break;
    const { bytes } = describe(mediaTypes.index, indexOf([...there, ...missing]));
    await registry.pushManifest(referrersTag(image), { bytes, mediaType: mediaTypes.index });
    sent += bytes.byteLength;
  }
  return sent;
}

/**
 * Brings the newest evidence of an image into the layout, every byte hashed, so that `readEvidence` finds it. False
 * where the image is in no registry, or has none there. Errors: E_REGISTRY_*, E_DIGEST_MISMATCH, E_IMAGE_LAYOUT.
 */
export async function pullEvidence(workspace: Workspace, name: string, image: Digest): Promise<boolean> {
  if (!isRegistryName(name)) return false;
  const registry = openRegistry(name);
  const newest = (await listed(registry, image)).findLast(
    ({ artifactType }) => artifactType === mediaTypes.evidence,
  );
  if (!newest) return false;
  const layout = openImages(workspace);
  await pullDocument(registry, layout, newest.digest);
  const { bytes, descriptor } = describe(mediaTypes.index, indexOf([newest]));
  layout.writeBlob(bytes);
  await layout.tag(referrersTag(image), descriptor);
  return true;
}

async function listed(registry: Registry, image: Digest): Promise<readonly Descriptor[]> {
  const remote = await registry.resolve(referrersTag(image));
  return remote === null ? [] : parseIndex(remote.bytes).manifests;
}
