import type { Task } from '../evaluation/index.ts';

/**
 * The policy that `init` proposes: one check, better than the simplest model with the lower end of its 95 %
 * interval (one-sided: 97.5 %). A class prior's ROC AUC is 0.5 and a mean's R² at most 0 on any data, so the
 * limits are the simplest model itself, and the check means the same once a champion is the baseline.
 */
export function proposePolicy(task: Task): string {
  const { metric, limit, simplest } = {
    'binary-classification': { metric: 'roc_auc', limit: 0.5, simplest: 'giving every row the same score' },
    regression: { metric: 'r2', limit: 0, simplest: 'predicting the mean for every row' },
  }[task];
  return `# What a version of this model must hold before it may go on.
checks:
  # Better than ${simplest}: the lower end of the 95 % interval lies above it.
  - {metric: ${metric}, at-least: ${limit}, confidence: 0.975}
  # Once a version is in production, ask that the next one isn't worse:
  # - {metric: ${metric}, not-worse-than: baseline, margin: 0.005, confidence: 0.95}
`;
}
