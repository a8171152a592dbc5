import { branchKeysFile } from '../../registry/index.ts';
import type { Digest } from '../../workspace/index.ts';

/** One file of an environment's folder; the path is relative to the folder. */
export interface FolderFile {
  readonly path: string;
  readonly mode: string;
  readonly bytes: Buffer;
}

export const kustomizationFile = 'kustomization.yaml';
export const patchFile = 'patch.yaml';
export const releaseFile = 'release.json';

export const folderOf = (model: string, environment: string): string =>
  `models/${model}/environments/${environment}`;
export const holdsPath = (model: string): string => `models/${model}/holds.yaml`;
export const observedPath = (model: string, environment: string): string =>
  `models/${model}/observed/${environment}.json`;

/** What stands where on the branch; null for a path that has no business there. */
export function placeOf(
  path: string,
):
  | { readonly kind: 'folder'; readonly model: string; readonly environment: string }
  | { readonly kind: 'holds'; readonly model: string }
  | { readonly kind: 'observed'; readonly model: string; readonly environment: string }
  | { readonly kind: 'keys' }
  | null {
  if (path === branchKeysFile) return { kind: 'keys' };
  const folder = /^models\/([^/]+)\/environments\/([^/]+)\/./.exec(path);
  if (folder) return { kind: 'folder', model: folder[1]!, environment: folder[2]! };
  const observed = /^models\/([^/]+)\/observed\/([^/]+)\.json$/.exec(path);
  if (observed) return { kind: 'observed', model: observed[1]!, environment: observed[2]! };
  const holds = /^models\/([^/]+)\/holds\.yaml$/.exec(path);
  return holds ? { kind: 'holds', model: holds[1]! } : null;
}

/** How the image is called in people's manifests, and what `deploy` makes of it. */
export interface ImageChange {
  /** `model`, or `oci://model` where KServe's storageUri names it. */
  readonly name: string;
  readonly newName: string;
  readonly digest: Digest;
}

export const imageNames: readonly string[] = ['model', 'oci://model'];

export const imageReference = ({
  name,
  digest,
}: {
  readonly name: string;
  readonly digest: Digest;
}): string => `${name}@${digest}`;
