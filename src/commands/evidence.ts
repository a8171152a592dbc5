import type { Store } from '../data/index.ts';
import { canonicalJson } from '../workspace/index.ts';
import type { ModelRun } from './run.ts';

/** All that the verdict rests on, by name, beside the image for as long as it exists. */
export function evidenceOf(
  store: Store,
  { judgement: { objects }, run, files }: ModelRun,
): Record<string, Uint8Array | string> {
  return {
    'evaluation.json': store.pathOf(objects.evaluation),
    'baseline.json': store.pathOf(objects.baseline),
    'comparison.json': store.pathOf(objects.comparison),
    'predictions.parquet': store.pathOf(objects.predictions.digest),
    'golden.json': store.pathOf(objects.golden!),
    'model.onnx': store.pathOf(objects.model!.digest),
    'record.json': Buffer.from(canonicalJson(run.record)),
    'report.html': files.report,
    ...Object.fromEntries(
      Object.entries(objects.verdicts).map(([environment, digest]) => [
        `verdict-${environment}.json`,
        store.pathOf(digest),
      ]),
    ),
  };
}
