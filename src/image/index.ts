// OCI images without Docker: deterministic layers, one layout for all models, evidence beside each image.

import type { Digest, Workspace } from '../workspace/index.ts';
import type { BuiltImage, ImageInput } from './build.ts';

export type { BuiltImage, ImageInput } from './build.ts';
export { attachEvidence, type EvidenceFile, readEvidence } from './evidence.ts';
export { type ImageDescription, listImages, readImage } from './inspect.ts';
export { type Layout, openImages, openLayout } from './layout.ts';
export { type ImageReference, imageName, parseReference } from './reference.ts';

// Packing and unpacking load the archive libraries, which most commands never need.
export const buildImage = async (workspace: Workspace, input: ImageInput): Promise<BuiltImage> =>
  (await import('./build.ts')).buildImage(workspace, input);

export const unpackImage = async (workspace: Workspace, digest: Digest): Promise<string> =>
  (await import('./unpack.ts')).unpackImage(workspace, digest);
