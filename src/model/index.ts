// What a model is and how it is run: model.yaml, untrusted ONNX bytes, sessions, golden requests.
export type { DataSection, Expectation } from './data-section.ts';
export { type GoldenFile, type GoldenRequest, goldenRequests } from './golden.ts';
export type { InputColumn, ModelFile, Serving, Task } from './model-file.ts';
export { categoriesOf, metadataKeys, refusesUnknown } from './model-metadata.ts';
export { parseModelFile, readModelFile } from './model-yaml.ts';
export { loadOnnxRuntime, resolveNative } from './natives.ts';
export type { OnnxAttribute, OnnxGraph } from './onnx-builder.ts';
export { dataType } from './onnx-types.ts';
export { predictionsTable } from './predictions.ts';
export { checkRow, type RawRow, type RawValue, type RowProblem } from './request-row.ts';
export { compilePattern } from './safe-pattern.ts';
export { type ScoreResult, type ScoreTableOptions, scoreTable } from './score-table.ts';
export type { Scorer, ScorerInput } from './scorer.ts';

// ONNX's protobuf schema takes a tenth of a second to load: only who opens a model waits for it.
export const openScorer: typeof import('./scorer.ts').openScorer = async (model, options) =>
  (await import('./scorer.ts')).openScorer(model, options);

export const checkOnnx = async (
  ...args: Parameters<typeof import('./onnx-file.ts').checkOnnx>
): Promise<ReturnType<typeof import('./onnx-file.ts').checkOnnx>> =>
  (await import('./onnx-file.ts')).checkOnnx(...args);
