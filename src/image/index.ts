// OCI images without Docker: deterministic layers, one layout for all models, evidence beside each image.

import type { Workspace } from '../workspace/index.ts';
import type { BuiltImage, ImageInput } from './build.ts';

export { checkRegistryName, isRegistryName } from '../oci/index.ts';
export type { BuiltImage, ImageInput } from './build.ts';
export { attachEvidence, type EvidenceFile, readEvidence } from './evidence.ts';
export { type ImageDescription, listImages, readImage } from './inspect.ts';
export { findRun, type KeptRun, keepRun } from './kept-run.ts';
export { type Layout, openImages, openLayout } from './layout.ts';
export { type PinnedBase, pinBase } from './pin-base.ts';
export { type ImageReference, imageName, parseReference } from './reference.ts';
export { type PushedImage, pullImage, pushImage } from './registry/images.ts';
export { pullEvidence } from './registry/referrers.ts';
export { unpackImage } from './unpack-process.ts';

// Packing loads the archive libraries, which most commands never need; unpacking is a process of its own.
export const buildImage = async (workspace: Workspace, input: ImageInput): Promise<BuiltImage> =>
  (await import('./build.ts')).buildImage(workspace, input);
