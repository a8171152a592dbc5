import { readFileSync } from 'node:fs';
import keptRunSchema from '../../docs/schemas/kept-run.json' with { type: 'json' };
import { openRegistry } from '../oci/index.ts';
import {
  openStatement,
  parseEnvelope,
  type SigningKey,
  sign,
  statementOf,
  type Trust,
} from '../registry/index.ts';
import {
  canonicalJson,
  checkSchema,
  type Digest,
  hexOf,
  LockstepError,
  parseJson,
  type Workspace,
} from '../workspace/index.ts';
import { openImages } from './layout.ts';
import { annotation, type Descriptor, describe, type Manifest, mediaTypes } from './oci.ts';
import { documents } from './oci-schema.ts';
import { imageName } from './reference.ts';
import { pullBlobs, pushDocument } from './registry/documents.ts';

/** What a trusted run trained. `docs/schemas/kept-run.json` */
export interface KeptRun {
  readonly v: 1;
  readonly model: string;
  /** Of the run, and of each of its stages whose outputs are here: any of them finds it. */
  readonly fingerprints: readonly Digest[];
  readonly files: Readonly<Record<string, Digest>>;
  readonly commit: string | null;
  readonly workflow: string | null;
  /** Of a run of a change's own code: where it began, and its files as `<mode> <object id>`, null for a removed one. */
  readonly change?: { readonly base: string; readonly files: Readonly<Record<string, string | null>> };
}

const predicateType = 'urn:lockstep:kept-run:v1';
const mostEnvelope = 1024 * 1024;

const tagOf = (fingerprint: Digest): string => `run-${hexOf(fingerprint)}`;

/**
 * Leaves what was trained in the model's repository of the registry, signed, at the tag `run-<hex>` of each
 * fingerprint. `files`: their paths, by name. Errors: E_IMAGE_REF where images are in no registry, E_REGISTRY_*.
 */
export async function keepRun(
  workspace: Workspace,
  { files, ...about }: Omit<KeptRun, 'v' | 'files'> & { readonly files: Readonly<Record<string, string>> },
  { key, source }: { readonly key: SigningKey /** URL of the repository. */; readonly source: string | null },
): Promise<Digest> {
  const layout = openImages(workspace);
  const layers = Object.entries(files).map(([name, path]): Descriptor => {
    const bytes = readFileSync(path);
    const digest = layout.writeBlob(bytes);
    return {
      mediaType: 'application/octet-stream',
      digest,
      size: bytes.byteLength,
      annotations: { [annotation.title]: name },
    };
  });
  const digests = Object.fromEntries(Object.keys(files).map((name, place) => [name, layers[place]!.digest]));
  const kept: KeptRun = { v: 1, ...about, files: digests };
  const envelope = sign(statementOf(predicateType, kept, digests), key);
  const config = describe(mediaTypes.run, envelope);
  layout.writeBlob(config.bytes);
  const { bytes, descriptor } = describe(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.run,
    config: config.descriptor,
    layers,
    ...(source === null ? {} : { annotations: { [annotation.source]: source } }),
  } satisfies Manifest);
  layout.writeBlob(bytes);
  const registry = openRegistry(imageName(workspace, about.model), { actions: 'pull,push' });
  await pushDocument(registry, layout, descriptor.digest);
  for (const fingerprint of about.fingerprints)
    await registry.pushManifest(tagOf(fingerprint), { bytes, mediaType: mediaTypes.manifest });
  return descriptor.digest;
}

/**
 * What was kept under a fingerprint, its files in the layout and hashed; null when there is nothing. Nothing of it is
 * fetched, and no word of it read, before a trusted signature over it holds (`trust` is asked when there is one to
 * check). Errors: E_SIGNATURE, E_RECORD_FORMAT,
 * E_IMAGE_LAYOUT for what is no kept run, E_REGISTRY_*, E_DIGEST_MISMATCH, E_SIZE_MISMATCH.
 */
export async function findRun(
  workspace: Workspace,
  { model, fingerprint }: { readonly model: string; readonly fingerprint: Digest },
  trust: () => Promise<Trust>,
): Promise<{ readonly run: KeptRun; readonly pathOf: (digest: Digest) => string } | null> {
  const name = imageName(workspace, model);
  const registry = openRegistry(name);
  const found = await registry.resolve(tagOf(fingerprint));
  if (found === null) return null;
  const where = { file: `${name}:${tagOf(fingerprint)}` };
  const manifest = checkSchema<Manifest>(parseJson(found.bytes, where.file), documents.manifest);
  const { artifactType, config, layers } = manifest;
  if (artifactType !== mediaTypes.run || config.size > mostEnvelope)
    throw notKept(where, `${artifactType ?? 'no type'} with a configuration of ${config.size} bytes`);
  const layout = openImages(workspace);
  await pullBlobs(registry, layout, [config]);
  const envelope = parseEnvelope(layout.readBlob(config.digest, config.size).toString(), where);
  const kind = { predicateType, schema: keptRunSchema };
  const { predicate: run } = openStatement<KeptRun>(envelope, await trust(), kind, { where }).statement;
  if (run.model !== model || !run.fingerprints.includes(fingerprint))
    throw notKept(where, `a run of ${run.model} with other fingerprints`);
  const there = Object.fromEntries(
    layers.map(({ digest, annotations }) => [annotations?.[annotation.title] ?? '', digest]),
  );
  if (canonicalJson(there) !== canonicalJson(run.files)) throw notKept(where, 'files that nobody signed for');
  await pullBlobs(registry, layout, layers);
  return { run, pathOf: layout.pathOf };
}

const notKept = (where: { readonly file: string }, what: string): LockstepError =>
  new LockstepError('E_IMAGE_LAYOUT', {
    what,
    where,
    allowed: `an artifact of type ${mediaTypes.run} whose signed files are the ones it has`,
    fix: 'remove the tag from the registry; the run is made again',
  });
