import comparisonSchema from '../../docs/schemas/comparison.json' with { type: 'json' };
import evaluationSchema from '../../docs/schemas/evaluation.json' with { type: 'json' };
import { checkSchema, type Digest, digestOf, LockstepError, parseJson } from '../workspace/index.ts';
import type { Comparison, Evaluation } from './evaluation.ts';

/**
 * An evaluation from its file's bytes. With `expected` they must be the very bytes that another job handed over.
 * Errors: E_METRICS_TAMPERED, E_METRICS_TYPE, E_METRICS_NAME, E_METRICS_TOO_MANY, E_JSON_*, E_CONFIG_*.
 */
export function parseEvaluation(content: Uint8Array | string, file: string, expected?: Digest): Evaluation {
  checkBytes(content, file, expected);
  return checkSchema<Evaluation>(parseJson(content, file), evaluationSchema);
}

/** A comparison from its file's bytes; errors as `parseEvaluation`. */
export function parseComparison(content: Uint8Array | string, file: string, expected?: Digest): Comparison {
  checkBytes(content, file, expected);
  return checkSchema<Comparison>(parseJson(content, file), comparisonSchema);
}

function checkBytes(content: Uint8Array | string, file: string, expected: Digest | undefined): void {
  if (expected === undefined || digestOf(content) === expected) return;
  throw new LockstepError('E_METRICS_TAMPERED', {
    what: `metrics with the digest ${digestOf(content)}`,
    where: { file },
    allowed: `the bytes that were handed over, ${expected}`,
    fix: 'run the evaluation again',
  });
}
