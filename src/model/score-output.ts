import { LockstepError } from '../workspace/errors.ts';
import type { OnnxValue } from './onnx-file.ts';

/** Names that scikit-learn's and other converters give the class probabilities. */
const probabilityNames: readonly string[] = ['probabilities', 'output_probability'];

/**
 * The output that holds the scores. Our own graphs have one, `score` [N,1]; of foreign ones the probabilities
 * [N,2], else the only output of floats. Errors: E_MODEL_FORMAT that lists what there is.
 */
export function chooseOutput(outputs: readonly OnnxValue[], file: string): string {
  const floats = outputs.filter(({ type }) => type === 'float' || type === 'double');
  const named = floats.find(({ name }) => name === 'score');
  const probabilities = floats.find(({ name }) => probabilityNames.includes(name));
  const chosen = named ?? probabilities ?? (floats.length === 1 ? floats[0] : undefined);
  if (chosen && (chosen.shape[1] ?? 1) <= 2) return chosen.name;
  const found = outputs.map(({ name, type, shape }) => {
    const dimensions = shape.map((length) => length ?? 'N').join(', ');
    return type === null ? `${name} (no tensor)` : `${name} ${type} [${dimensions}]`;
  });
  throw new LockstepError('E_MODEL_FORMAT', {
    what: `no output that can be the score among ${found.join('; ')}`,
    where: { file },
    allowed: 'score [N, 1], or probabilities [N, 2], or one single output of floats',
    fix: 'export without ZipMap, or name the output score',
  });
}
