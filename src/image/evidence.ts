import { readFileSync } from 'node:fs';
import { type Digest, LockstepError, type Workspace } from '../workspace/index.ts';
import { openImages } from './layout.ts';
import { annotation, type Descriptor, describe, type Index, type Manifest, mediaTypes } from './oci.ts';
import { referrersTag } from './registry/referrers.ts';

export interface EvidenceFile {
  readonly digest: Digest;
  readonly size: number;
  /** Absolute path of the bytes. */
  readonly path: string;
}

/**
 * Keeps a version's evidence (evaluation, predictions, verdicts, report) beside its image: a manifest whose
 * `subject` is the image, and an entry in the index at the tag `sha256-<hex>`, where registries without the referrers
 * API look (OCI distribution 1.1, "Referrers Tag Schema"). The same files again change nothing.
 * `files`: by name, as bytes or the path they are read from. Errors: E_IMAGE_MISSING.
 */
export async function attachEvidence(
  workspace: Workspace,
  image: Digest,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<Digest> {
  const layout = openImages(workspace);
  const subject: Descriptor = {
    mediaType: mediaTypes.manifest,
    digest: image,
    size: layout.readBlob(image).byteLength,
  };
  const empty = describe(mediaTypes.empty, {});
  layout.writeBlob(empty.bytes);
  const layers = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]): Descriptor => {
      const bytes = typeof content === 'string' ? readFileSync(content) : content;
      return {
        mediaType: typeOf(name),
        digest: layout.writeBlob(bytes),
        size: bytes.byteLength,
        annotations: { [annotation.title]: name },
      };
    });
  const manifest = describe(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.evidence,
    config: empty.descriptor,
    layers,
    subject,
  } satisfies Manifest);
  layout.writeBlob(manifest.bytes);
  const entry: Descriptor = { ...manifest.descriptor, artifactType: mediaTypes.evidence };
  await layout.update(referrersTag(image), (old) => {
    const before = old ? layout.readIndex(old.digest).manifests : [];
    const others = before.filter(({ digest }) => digest !== entry.digest);
    const index: Index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...others, entry] };
    const { bytes, descriptor } = describe(mediaTypes.index, index);
    layout.writeBlob(bytes);
    return descriptor;
  });
  return entry.digest;
}

/** The newest evidence of an image, by file name; empty when it has none. Every blob is hashed. Errors: E_IMAGE_LAYOUT, E_DIGEST_MISMATCH. */
export function readEvidence(workspace: Workspace, image: Digest): Record<string, EvidenceFile> {
  const layout = openImages(workspace);
  const tagged = layout.find(referrersTag(image));
  if (!tagged) return {};
  const newest = layout
    .readIndex(tagged.digest)
    .manifests.findLast(({ artifactType }) => artifactType === mediaTypes.evidence);
  if (!newest) return {};
  const manifest = layout.readManifest(newest.digest);
  if (manifest.subject?.digest !== image) {
    throw new LockstepError('E_IMAGE_LAYOUT', {
      what: `evidence ${newest.digest} is about ${manifest.subject?.digest ?? 'nothing'}`,
      where: { file: layout.path },
      allowed: `evidence about ${image}`,
    });
  }
  return Object.fromEntries(
    manifest.layers.map(({ digest, size, annotations }) => {
      layout.readBlob(digest, size);
      return [annotations?.[annotation.title] ?? digest, { digest, size, path: layout.pathOf(digest) }];
    }),
  );
}

const typeOf = (name: string): string =>
  name.endsWith('.json')
    ? 'application/json'
    : name.endsWith('.html')
      ? 'text/html'
      : name.endsWith('.md')
        ? 'text/markdown'
        : 'application/octet-stream';
