import { metadataKeys, type Task } from '../model/index.ts';
import { OnnxGraph } from '../model/onnx-builder.ts';
import { declareInputs, type GraphInputs, wideInputs } from './graph-inputs.ts';
import { type Link, writeScore } from './graph-score.ts';
import type { RawInput, RawValues } from './inputs.ts';

/** Rows to learn from, read and checked. */
export interface TrainingRows {
  readonly task: Task;
  readonly inputs: readonly RawInput[];
  readonly values: readonly RawValues[];
  /** 0 and 1, or values; none missing. */
  readonly labels: Float64Array;
  /** Fold of each row, 0 … 4, for target statistics. */
  readonly folds: Int32Array;
}

/** What a trainer made: it predicts by itself, and writes the same computation as a graph. */
export interface TrainedModel {
  readonly trainer: string;
  readonly inputs: readonly RawInput[];
  readonly unknown: 'ignore' | 'error';
  readonly link: Link;
  /** Known categories by column. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
  /** What people should know: columns not used, dates not read. */
  readonly notes: readonly string[];
  /** Scores: probability of the positive class, or the value. */
  predict(values: readonly RawValues[], rows: number): Float64Array;
  /** Writes the sum that the link turns into a score; returns its tensor [N, 1]. */
  writeSum(graph: OnnxGraph, inputs: GraphInputs): string;
}

/** The model file: raw columns in, `score` out, and what the graph can't say as metadata. */
export function exportOnnx(model: TrainedModel, version: number): Uint8Array {
  const graph = new OnnxGraph(model.trainer);
  writeScore(graph, model.writeSum(graph, declareInputs(graph, model.inputs)), model.link);
  const wide = wideInputs(model.inputs);
  return graph.toBytes({
    'lockstep.trainer': model.trainer,
    'lockstep.trainer-version': String(version),
    [metadataKeys.unknown]: model.unknown,
    [metadataKeys.categories]: JSON.stringify(model.categories),
    'lockstep.notes': JSON.stringify(model.notes),
    ...(wide
      ? {
          [metadataKeys.numbers]: JSON.stringify(wide.numbers),
          [metadataKeys.texts]: JSON.stringify(wide.texts),
        }
      : {}),
  });
}
