import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../data/index.ts';
import type { GoldenFile } from '../model/golden.ts';
import type { InputColumn, ModelFile } from '../model/model-file.ts';
import { openScorer } from '../model/scorer.ts';
import { type Digest, digestOf } from '../workspace/digest.ts';
import { LockstepError } from '../workspace/errors.ts';
import { parseYaml } from '../workspace/yaml-file.ts';
import { rowsTable } from './rows-table.ts';

/** `metadata.json` beside a served model: who it is. `docs/schemas/metadata.json` */
export interface ServedMetadata {
  readonly model: string;
  readonly version: string;
  readonly modelDigest: Digest;
  /** Digest of golden.json. */
  readonly golden: Digest;
  readonly task: ModelFile['task'];
  /** Decision threshold on the score. */
  readonly threshold?: number;
  readonly positive?: string;
}

/** A model ready to be asked, and all that a request may need to know about it. */
export interface ServedModel {
  readonly metadata: ServedMetadata;
  readonly file: ModelFile;
  readonly golden: GoldenFile;
  /** What the trainer wrote into model.onnx. */
  readonly onnxMetadata: Readonly<Record<string, string>>;
  /** Element type of the graph's input, by column. */
  readonly elements: ReadonlyMap<string, 'float' | 'string' | 'int64'>;
  score(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Float64Array>;
  release(): Promise<void>;
}

/**
 * Opens a folder with model.onnx, model.yaml, metadata.json and golden.json. The two digests in the metadata
 * are checked, so that a server never speaks for bytes other than those that were judged.
 * Errors: E_SERVE_START, E_DIGEST_MISMATCH, E_MODEL_*, E_YAML_*.
 */
export async function openServedModel(folder: string): Promise<ServedModel> {
  const read = (name: string) => readServed(folder, name);
  const metadata = JSON.parse(read('metadata.json').toString()) as ServedMetadata;
  const file = parseYaml(read('model.yaml'), join(folder, 'model.yaml')).value as ModelFile;
  const bytes = verified(read('model.onnx'), metadata.modelDigest, 'model.onnx');
  const golden = verified(read('golden.json'), metadata.golden, 'golden.json');
  const scorer = await openScorer(bytes, { workspace: null, file: join(folder, 'model.onnx') });
  refuseUnknownInputs(scorer.inputs, file.inputs);
  return {
    metadata,
    file,
    golden: JSON.parse(golden.toString()) as GoldenFile,
    onnxMetadata: scorer.metadata,
    elements: new Map(scorer.inputs.map(({ name, type }) => [name, type])),
    score: (rows) => scorer.score(rowsTable(file.inputs, rows) satisfies Table),
    release: () => scorer.release(),
  };
}

function readServed(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new LockstepError('E_SERVE_START', {
      what: `cannot read ${name} (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
      where: { file: join(folder, name) },
      allowed: 'a folder with model.onnx, model.yaml, metadata.json and golden.json',
      cause,
    });
  }
}

function verified(bytes: Buffer, digest: Digest, name: string): Buffer {
  const found = digestOf(bytes);
  if (found === digest) return bytes;
  throw new LockstepError('E_DIGEST_MISMATCH', {
    what: `${name} is ${found}, and metadata.json says ${digest}`,
    allowed: 'the very bytes that were judged',
    fix: 'unpack the image again',
  });
}

function refuseUnknownInputs(
  inputs: readonly { readonly name: string }[],
  known: readonly InputColumn[],
): void {
  const stranger = inputs.find(({ name }) => !known.some((column) => column.name === name));
  if (!stranger) return;
  throw new LockstepError('E_MODEL_INPUT', {
    what: `the model takes "${stranger.name}", which model.yaml does not list`,
    allowed: known.map(({ name }) => name).join(', '),
    fix: 'add the input to model.yaml',
  });
}
