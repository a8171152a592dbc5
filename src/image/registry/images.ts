import { isLoopback, openRegistry, registryAddress } from '../../oci/index.ts';
import { type Digest, LockstepError, type Workspace } from '../../workspace/index.ts';
import { type Layout, openImages } from '../layout.ts';
import { annotation, type Descriptor, type Manifest, mediaTypes } from '../oci.ts';
import { parseReference } from '../reference.ts';
import { notThere, pullDocument, pushDocument, type Sibling } from './documents.ts';
import { pullEvidence, pushEvidence } from './referrers.ts';

export interface PushedImage {
  readonly digest: Digest;
  /** Bytes that the registry did not have yet. */
  readonly sent: number;
  /** Whether somebody without an account can pull it; null on this machine's own registry, where nobody else is. */
  readonly public: boolean | null;
}

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
  refuseUnportable(layout.readManifest(digest), `${name}@${digest}`);
  const siblings = siblingsOf(layout, name);
  const from = [...new Set(siblings.values())];
  const registry = openRegistry(name, { actions: 'pull,push', from });
  const siblingOf: Sibling = (blob) => siblings.get(blob.digest) ?? null;
  let sent = await pushDocument(registry, layout, digest, siblingOf);
  sent += await pushEvidence(registry, layout, digest);
  const bytes = layout.readBlob(digest);
  const there = await registry.resolve(tag);
  if (there?.digest !== digest) await registry.pushManifest(tag, { bytes, mediaType: mediaTypes.manifest });
  return { digest, sent, public: await isPublic(name, digest) };
}

/**
 * Where in the same registry a blob may lie already: beside another model, which shares the runtime and the server, or
 * in the base's own repository. Who is wrong about it sends the blob after all.
 */
function siblingsOf(layout: Layout, name: string): Map<Digest, string> {
  const { host, repository } = registryAddress(name);
  const found = new Map<Digest, string>();
  const note = (other: string, { layers }: Manifest, of: (layer: Descriptor) => boolean) => {
    const place = other.startsWith(`${host}/`) ? registryAddress(other).repository : repository;
    if (place !== repository) for (const layer of layers.filter(of)) found.set(layer.digest, place);
  };
  for (const { digest, annotations } of layout.list()) {
    const reference = annotations?.[annotation.ref];
    if (reference === undefined || reference.startsWith('sha256-') || !layout.has(digest)) continue;
    const manifest = layout.readManifest(digest);
    const base = manifest.annotations?.[annotation.base];
    const isOurs = (layer: Descriptor) => layer.annotations?.[annotation.layer] !== undefined;
    note(parseReference(reference).name, manifest, isOurs);
    if (base !== undefined) note(base, manifest, (layer) => !isOurs(layer));
  }
  return found;
}

/**
 * Brings an image and its evidence from its registry into the layout, named as it is there. Returns its digest.
 * Errors: E_IMAGE_REF, E_IMAGE_TAG, E_IMAGE_MISSING, E_REGISTRY_*, E_DIGEST_MISMATCH, E_SIZE_MISMATCH.
 */
export async function pullImage(workspace: Workspace, text: string): Promise<Digest> {
  const { name, tag, digest: wanted } = parseReference(text);
  const layout = openImages(workspace);
  const registry = openRegistry(name);
  const found = await registry.resolve(wanted ?? tag ?? 'latest');
  if (found === null) throw notThere(registry, wanted ?? tag ?? 'latest');
  const { digest } = found;
  const manifest = await pullDocument(registry, layout, digest);
  await pullEvidence(workspace, name, digest);
  const { mediaType = mediaTypes.manifest, annotations } = manifest;
  const version = tag ?? annotations?.[annotation.version];
  if (version !== undefined)
    await layout.tag(`${name}:${version}`, { mediaType, digest, size: found.bytes.byteLength });
  return digest;
}

/** Asks as a stranger would. A registry that says no to strangers says it in many ways: any of them is no. */
async function isPublic(name: string, digest: Digest): Promise<boolean | null> {
  if (isLoopback(name.split('/')[0]!)) return null;
  try {
    return (await openRegistry(name, { credentials: null }).resolve(digest)) !== null;
  } catch {
    return false;
  }
}

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
