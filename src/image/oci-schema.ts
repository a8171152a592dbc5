import type { JsonSchema } from '../workspace/index.ts';

// What a layout must hold to be read at all. Written by others too (skopeo, a registry), so unknown keys pass, and so do
// the names that Docker had for the same documents before OCI.

const descriptor = {
  type: 'object',
  required: ['mediaType', 'digest', 'size'],
  properties: {
    mediaType: { type: 'string' },
    digest: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', 'x-code': { pattern: 'E_DIGEST_FORMAT' } },
    size: { type: 'integer', minimum: 0 },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
};
const annotations = { type: 'object', additionalProperties: { type: 'string' } };

const manifest: JsonSchema = {
  $id: 'oci-manifest',
  type: 'object',
  required: ['schemaVersion', 'config', 'layers'],
  properties: {
    schemaVersion: { const: 2 },
    mediaType: {
      enum: [
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ],
    },
    artifactType: { type: 'string' },
    config: descriptor,
    layers: { type: 'array', items: descriptor },
    subject: descriptor,
    annotations,
  },
};

const index: JsonSchema = {
  $id: 'oci-index',
  type: 'object',
  required: ['schemaVersion', 'manifests'],
  properties: {
    schemaVersion: { const: 2 },
    mediaType: {
      enum: [
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
      ],
    },
    manifests: { type: 'array', items: descriptor },
    annotations,
  },
};

const config: JsonSchema = {
  $id: 'oci-config',
  type: 'object',
  required: ['architecture', 'os', 'rootfs'],
  properties: {
    architecture: { type: 'string' },
    os: { type: 'string' },
    config: { type: 'object' },
    rootfs: {
      type: 'object',
      required: ['type', 'diff_ids'],
      properties: { type: { const: 'layers' }, diff_ids: { type: 'array', items: { type: 'string' } } },
    },
  },
};

export const documents = { manifest, index, config };
