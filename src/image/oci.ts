import { ociTypes } from '../oci/index.ts';
import type { Digest } from '../workspace/index.ts';

export { type Descriptor, describe, type Index, type Manifest } from '../oci/index.ts';

// The documents of the OCI image specification v1.1, as far as Lockstep writes and reads them.

export const mediaTypes = {
  ...ociTypes,
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  evidence: 'application/vnd.lockstep.evidence.v1',
  run: 'application/vnd.lockstep.run.v1+json',
} as const;

export const annotation = {
  ref: 'org.opencontainers.image.ref.name',
  title: 'org.opencontainers.image.title',
  version: 'org.opencontainers.image.version',
  revision: 'org.opencontainers.image.revision',
  source: 'org.opencontainers.image.source',
  base: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
  /** On a layer: which of ours it is. */
  layer: 'dev.lockstep.layer',
  /** On a manifest: where the image runs. */
  runs: 'dev.lockstep.runs',
} as const;

export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly config: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, object>>;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
}
