import { type Digest, isDigest, LockstepError, nearest, type Workspace } from '../workspace/index.ts';
import { readConfig } from './base.ts';
import { openImages } from './layout.ts';
import { annotation, type ImageConfig } from './oci.ts';
import { parseReference } from './reference.ts';

export interface ImageDescription {
  /** `name:version`, or null for an image that no name points at any more. */
  readonly reference: string | null;
  readonly digest: Digest;
  readonly platform: string;
  /** False when nothing but the local agent can run it. */
  readonly portable: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly layers: readonly { readonly part: string; readonly digest: Digest; readonly size: number }[];
  readonly config: ImageConfig;
}

/** What an image of the layout is, by `name:version`, `name@sha256:…` or its digest. Errors: E_IMAGE_MISSING, E_IMAGE_REF, E_IMAGE_TAG. */
export function readImage(workspace: Workspace, text: string): ImageDescription {
  const layout = openImages(workspace);
  const entry = isDigest(text) ? { digest: text } : findByReference(workspace, text);
  const manifest = layout.readManifest(entry.digest);
  const config = readConfig(layout, manifest.config);
  const named = layout.list().find(({ digest }) => digest === entry.digest);
  return {
    reference: named?.annotations?.[annotation.ref] ?? null,
    digest: entry.digest,
    platform: `${config.os}/${config.architecture}`,
    portable: manifest.annotations?.[annotation.runs] === undefined,
    labels: config.config.Labels ?? {},
    layers: manifest.layers.map(({ annotations, digest, size }) => ({
      part: annotations?.[annotation.layer] ?? 'base',
      digest,
      size,
    })),
    config,
  };
}

/** Every named image, sorted by name; evidence is left out. */
export const listImages = (workspace: Workspace): { reference: string; digest: Digest }[] =>
  openImages(workspace)
    .list()
    .flatMap(({ annotations, digest }) => {
      const reference = annotations?.[annotation.ref];
      return reference === undefined || reference.startsWith('sha256-') ? [] : [{ reference, digest }];
    });

function findByReference(workspace: Workspace, text: string): { digest: Digest } {
  const { name, tag, digest } = parseReference(text);
  if (digest) return { digest };
  const known = listImages(workspace);
  const found = known.find(({ reference }) => reference === `${name}:${tag ?? 'latest'}`);
  if (found) return found;
  const references = known.map(({ reference }) => reference);
  const near = nearest(text, references);
  throw new LockstepError('E_IMAGE_MISSING', {
    what: `no image ${text}`,
    where: { file: '.lockstep/images' },
    allowed: references.join(', ') || 'none was built yet',
    fix: near ? `did you mean ${near}?` : 'build it with `lockstep image build`',
  });
}
