import { readFileSync } from 'node:fs';
import { checkName, type Digest, LockstepError, type Workspace } from '../workspace/index.ts';
import { readBase } from './base.ts';
import { asksForBase, findBase } from './base-source.ts';
import { type LayerFile, makeLayer } from './layer.ts';
import { cachedLayer } from './layer-cache.ts';
import { openImages } from './layout.ts';
import { composeConfig, composeManifest, type Naming, type OurLayers } from './manifest.ts';
import { type Descriptor, describe, mediaTypes } from './oci.ts';
import { defaultPlatform, parsePlatform } from './platform.ts';
import { checkTag, imageName } from './reference.ts';
import { runtimeFiles } from './runtime-files.ts';
import { bundleServer } from './server-bundle.ts';

/** The only names that go into an image below `/models/<model>/`: a secret that lies beside them can't. */
const modelFiles = ['golden.json', 'metadata.json', 'model.onnx', 'model.yaml'] as const;

export interface ImageInput extends Naming {
  /** Each file of the model: its bytes, or the path they are read from. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** `linux/amd64` unless stated. */
  readonly platform?: string;
  /** Look up what a base's tag names now; where that is asked of us unless stated (on a runner). */
  readonly askBase?: boolean;
  /** The program at `/app/server.mjs`, for tests; the bundled model server unless stated. */
  readonly server?: Uint8Array;
}

export interface BuiltImage {
  /** Repository: `localhost/churn`. */
  readonly name: string;
  readonly digest: Digest;
  readonly platform: string;
  /** False when nothing but the local agent can run it, for want of a base. */
  readonly portable: boolean;
  /** `name@sha256:…` of the base; null without one. */
  readonly base: { readonly reference: string; readonly pinned: boolean } | null;
  /** Bytes of all layers, packed. */
  readonly size: number;
}

/**
 * Builds a model's image into the layout `.lockstep/images` and names it `<name>:<version>`. Its digest depends on
 * the model, the server's source and the lock file alone.
 * Errors: E_IMAGE_REF, E_IMAGE_TAG, E_IMAGE_PLATFORM, E_BASE_MISSING, E_CONTEXT_SECRET.
 */
export async function buildImage(workspace: Workspace, input: ImageInput): Promise<BuiltImage> {
  const name = imageName(workspace, checkName(input.model, 'model'));
  const reference = `${name}:${checkTag(input.version)}`;
  const platform = parsePlatform(input.platform ?? defaultPlatform);
  const layout = openImages(workspace);
  const source = await findBase(workspace, layout, platform, input.askBase ?? asksForBase());
  const base = source && readBase(source.reference, layout, platform);
  const server = input.server ?? (await bundleServer(workspace));
  const layers: OurLayers = [
    ['runtime', await cachedLayer(workspace, runtimeFiles(platform))],
    ['server', await cachedLayer(workspace, [{ path: 'app/server.mjs', bytes: server }])],
    ['model', await makeLayer(filesOf(input))],
  ];
  for (const [, layer] of layers) layout.writeBlob(layer.bytes);
  const config = describe(mediaTypes.config, composeConfig(input, platform, base, layers));
  layout.writeBlob(config.bytes);
  const document = composeManifest(input, base, config.descriptor, layers);
  const manifest = describe(mediaTypes.manifest, document);
  layout.writeBlob(manifest.bytes);
  const { os, architecture } = platform;
  const descriptor: Descriptor = { ...manifest.descriptor, platform: { os, architecture } };
  await layout.tag(reference, descriptor);
  return {
    name,
    digest: descriptor.digest,
    platform: `${os}/${architecture}`,
    portable: base !== null,
    base: source,
    size: document.layers.reduce((sum, { size }) => sum + size, 0),
  };
}

function filesOf({ model, files }: ImageInput): LayerFile[] {
  const other = Object.keys(files).find((name) => !(modelFiles as readonly string[]).includes(name));
  if (other !== undefined) {
    throw new LockstepError('E_CONTEXT_SECRET', {
      what: `the file "${other}" for the image of ${model}`,
      allowed: `${modelFiles.join(', ')} and nothing else`,
      fix: 'leave it out: an image holds no file that is not on the list',
    });
  }
  return Object.entries(files).map(([name, content]) => ({
    path: `models/${model}/${name}`,
    bytes: typeof content === 'string' ? readFileSync(content) : content,
  }));
}
