import type { Base } from './base.ts';
import type { Layer } from './layer.ts';
import { annotation, type Descriptor, type ImageConfig, type Manifest, mediaTypes } from './oci.ts';
import type { Platform } from './platform.ts';

export interface Naming {
  readonly model: string;
  readonly version: string;
  /** Commit that the model was made from. */
  readonly revision?: string;
  /** URL of the repository. */
  readonly source?: string;
}

/** Layers in order of how seldom they change: runtime, server, model. */
export type OurLayers = readonly (readonly [part: 'runtime' | 'server' | 'model', layer: Layer])[];

const labelsOf = ({ model, version, revision, source }: Naming): Record<string, string> => ({
  [annotation.title]: model,
  [annotation.version]: version,
  ...(revision === undefined ? {} : { [annotation.revision]: revision }),
  ...(source === undefined ? {} : { [annotation.source]: source }),
});

/** The image configuration. No creation time: two builds of the same bytes are the same image. */
export function composeConfig(
  naming: Naming,
  platform: Platform,
  base: Base | null,
  layers: OurLayers,
): ImageConfig {
  const inherited = base?.config.config ?? {};
  return {
    architecture: platform.architecture,
    os: platform.os,
    config: {
      User: '65532',
      ExposedPorts: { '8080/tcp': {} },
      Env: [...(inherited.Env ?? []), `LOCKSTEP_MODEL_DIR=/models/${naming.model}`],
      Entrypoint: ['node', '/app/server.mjs'],
      WorkingDir: '/app',
      Labels: labelsOf(naming),
    },
    rootfs: {
      type: 'layers',
      diff_ids: [...(base?.config.rootfs.diff_ids ?? []), ...layers.map(([, layer]) => layer.diffId)],
    },
  };
}

export function composeManifest(
  naming: Naming,
  base: Base | null,
  config: Descriptor,
  layers: OurLayers,
): Manifest {
  const ours = layers.map(
    ([part, { digest, size }]): Descriptor => ({
      mediaType: mediaTypes.layer,
      digest,
      size,
      annotations: { [annotation.layer]: part },
    }),
  );
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: [...(base?.layers ?? []), ...ours],
    annotations: {
      ...labelsOf(naming),
      ...(base
        ? { [annotation.base]: base.name, [annotation.baseDigest]: base.digest }
        : { [annotation.runs]: 'local only: no base image, run by the local agent on its own Node' }),
    },
  };
}
