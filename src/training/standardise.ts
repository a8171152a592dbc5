import type { Link } from './graph-score.ts';
import { average } from './target-statistics.ts';
import type { TrainingRows } from './trained-model.ts';

/** Classes: log-odds. Values: learned with mean 0 and deviation 1, so that float32 sums keep their digits. */
export function linkOf({ task, labels }: TrainingRows): Link {
  if (task === 'binary-classification') return { kind: 'logistic' };
  const mean = average(labels);
  const deviation = Math.sqrt(average(labels.map((label) => (label - mean) * (label - mean))));
  return { kind: 'scale', mean, deviation: deviation > 0 ? deviation : 1 };
}

export const standardised = (labels: Float64Array, link: Link): Float64Array =>
  link.kind === 'logistic' ? labels : labels.map((label) => (label - link.mean) / link.deviation);
