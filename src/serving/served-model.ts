import { join } from 'node:path';
import type { Table } from '../data/index.ts';
import type { GoldenFile } from '../model/golden.ts';
import type { InputColumn, ModelFile } from '../model/model-file.ts';
import { openScorer } from '../model/scorer.ts';
import { LockstepError } from '../workspace/errors.ts';
import { parseYaml } from '../workspace/yaml-file.ts';
import { rowsTable } from './rows-table.ts';
import { readGolden, readMetadata, readServed, readVerified, type ServedMetadata } from './served-files.ts';

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
  const metadata = readMetadata(folder);
  const file = parseYaml(readServed(folder, 'model.yaml'), join(folder, 'model.yaml')).value as ModelFile;
  const bytes = readVerified(folder, 'model.onnx', metadata.modelDigest);
  const golden = readGolden(folder, metadata);
  const scorer = await openScorer(bytes, { workspace: null, file: join(folder, 'model.onnx') });
  refuseUnknownInputs(scorer.inputs, file.inputs);
  return {
    metadata,
    file,
    golden,
    onnxMetadata: scorer.metadata,
    elements: new Map(scorer.inputs.map(({ name, type }) => [name, type])),
    score: (rows) => scorer.score(rowsTable(file.inputs, rows) satisfies Table),
    release: () => scorer.release(),
  };
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
