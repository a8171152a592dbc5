import { posix } from 'node:path';
import type { Lock } from '../data/index.ts';
import { type Digest, LockstepError, nearest, type Place, parseYaml } from '../workspace/index.ts';
import { type Builtin, builtins } from './builtins.ts';
import type { CodeEntry, CodeSource } from './code-source.ts';
import type { KnownMaterial } from './difference.ts';
import { digestOfCode, type StageMaterial, type Toolchain } from './fingerprint.ts';
import type { Pipeline } from './pipeline.ts';
import type { FileRef } from './run-record.ts';
import type { Stage, StageInput } from './stage-graph.ts';

/** What a pipeline's stages are resolved against. */
export interface MaterialSources {
  readonly pipeline: Pipeline;
  readonly code: CodeSource;
  readonly lock: Lock | null;
}

/** A stage with what its declared inputs are now. */
export interface ResolvedStage {
  readonly stage: Stage;
  readonly builtin: Builtin | null;
  readonly material: KnownMaterial;
  /** Code inputs (the environment's lock too) by path from the root: what is laid out for the stage. */
  readonly code: ReadonlyMap<string, CodeEntry>;
  readonly environmentLock: { readonly path: string; readonly digest: Digest } | null;
}

/**
 * Digests of all that decides a stage's result; `made` holds the outputs of earlier stages that are known.
 * Errors: E_PIPELINE_INPUT, E_PATH_TRAVERSAL, E_CONFIG_MISSING (a built-in without model.yaml).
 */
export async function resolveStage(
  sources: MaterialSources,
  stage: Stage,
  made: ReadonlyMap<string, FileRef>,
): Promise<ResolvedStage> {
  const { pipeline, code } = sources;
  const found = new Map<string, CodeEntry>();
  const inputs: [string, Digest | null][] = [];
  for (const [index, input] of stage.inputs.entries()) {
    const where = pipeline.parsed.locate(['stages', stage.name, 'inputs', index]);
    inputs.push([input.name, await digestOfInput(sources, input, made, found, where)]);
  }
  const builtin = stage.file.uses === undefined ? null : builtins[stage.file.uses]!;
  const environmentLock = await lockOfEnvironment(sources, stage);
  const environment =
    environmentLock === null
      ? {}
      : { environment: { python: stage.file.environment!.python, lock: environmentLock.digest } };
  return {
    stage,
    builtin,
    code: found,
    environmentLock,
    material: {
      v: 1,
      stage:
        builtin === null ? { run: stage.file.run! } : { uses: stage.file.uses!, trainer: builtin.version },
      inputs: Object.fromEntries(inputs),
      params: {
        ...declaredParams(pipeline, stage),
        ...(builtin === null ? {} : await builtinParams(pipeline, stage, code)),
      },
      outputs: [...stage.outputs].sort(),
      toolchain: { ...toolchain(builtin === null), ...environment },
    },
  };
}

/** The material once every input is known, or null. */
export function completeMaterial(material: KnownMaterial): StageMaterial | null {
  return Object.values(material.inputs).includes(null) ? null : (material as StageMaterial);
}

/** The stage's own params by name, as the pipeline sets them. */
export const declaredParams = ({ file }: Pipeline, stage: Stage): Record<string, unknown> =>
  Object.fromEntries((stage.file.params ?? []).map((name) => [name, file.params![name]]));

function toolchain(foreign: boolean): Toolchain {
  const node = Number(process.versions.node.split('.')[0]);
  return foreign ? { node, os: process.platform, arch: process.arch } : { node };
}

/** What a built-in needs to know beyond its params: what is judged, and the raw columns. */
async function builtinParams(
  { model, file }: Pipeline,
  stage: Stage,
  code: CodeSource,
): Promise<Record<string, unknown>> {
  const path = `models/${model}/model.yaml`;
  const bytes = await code.read(path);
  if (bytes === null) {
    throw new LockstepError('E_CONFIG_MISSING', {
      what: `no ${path}, which tells the built-in "${stage.file.uses}" the task and the columns`,
      fix: `write it, or let \`lockstep init ${model} --data <table> --target <column>\` do so`,
    });
  }
  const { task, inputs, output } = (parseYaml(bytes, path).value ?? {}) as Record<string, unknown>;
  return {
    evaluate: file.evaluate,
    model: Object.fromEntries(
      Object.entries({ task, inputs, output }).filter(([, value]) => value !== undefined),
    ),
  };
}

async function digestOfInput(
  { pipeline, code, lock }: MaterialSources,
  input: StageInput,
  made: ReadonlyMap<string, FileRef>,
  found: Map<string, CodeEntry>,
  where: Place,
): Promise<Digest | null> {
  if (input.kind === 'output') return made.get(input.name)?.digest ?? null;
  if (input.kind === 'data') return datasetDigest(lock, input.key, where);
  const entry = await code.find(input.path);
  if (entry === null) throw await unknownInput(pipeline, code, input, where);
  found.set(input.path, entry);
  return digestOfCode(entry, input.path);
}

function datasetDigest(lock: Lock | null, key: string, where: Place): Digest {
  const keys = (lock?.entries ?? []).map((entry) => entry.key);
  const entry = lock?.entries.find((known) => known.key === key);
  if (entry) return entry.digest;
  const near = nearest(key, keys);
  if (lock === null) {
    throw new LockstepError('E_LOCK_MISSING', {
      what: `no data.lock, and the dataset "${key}" is wanted`,
      where,
      allowed: 'a data.lock at the root of the repository that names it',
      fix: `restore data.lock from Git, or write it with \`lockstep data add data/${key}\``,
    });
  }
  throw new LockstepError('E_PIPELINE_INPUT', {
    what: `no dataset "${key}" in data.lock`,
    where,
    allowed: some(keys) || 'a dataset that `lockstep data add` wrote into data.lock',
    fix: near ? `did you mean "data:${near}"?` : `\`lockstep data add data/${key}\``,
  });
}

async function unknownInput(
  pipeline: Pipeline,
  code: CodeSource,
  input: StageInput & { kind: 'code' },
  where: Place,
): Promise<LockstepError> {
  const outputs = pipeline.stages.flatMap(({ outputs: made }) => made);
  const folder = posix.dirname(input.path);
  const prefix = input.name.slice(0, input.name.lastIndexOf('/') + 1);
  const files = (await code.names(folder)).map((name) => prefix + name);
  const near = nearest(input.name, [...outputs, ...files]);
  return new LockstepError('E_PIPELINE_INPUT', {
    what: `no input "${input.name}": no stage makes it, and ${input.path} does not exist`,
    where,
    allowed: `outputs ${some(outputs)}; files ${some(files) || 'none'}; datasets as data:<key>`,
    fix: near ? `did you mean "${near}"?` : 'correct the name, or create the file',
  });
}

async function lockOfEnvironment({ pipeline, code }: MaterialSources, stage: Stage) {
  if (stage.environmentLock === null) return null;
  const where = pipeline.parsed.locate(['stages', stage.name, 'environment', 'lock']);
  const entry = await code.find(stage.environmentLock);
  if (entry?.kind === 'file') return { path: stage.environmentLock, digest: entry.file.digest };
  throw new LockstepError('E_PIPELINE_INPUT', {
    what: `no environment lock ${stage.environmentLock}`,
    where,
    allowed: 'a requirements file with hashes',
    fix: '`uv pip compile --generate-hashes requirements.in -o requirements.lock` writes one',
  });
}

const some = (names: readonly string[], most = 12): string =>
  names.slice(0, most).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
