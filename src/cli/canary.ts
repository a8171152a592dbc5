import { type CanaryResult, canaryActions, canaryText, orderCanary } from '../gitops/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './invocation.ts';
import { textOption } from './option-values.ts';

export const command: Command = {
  name: 'canary',
  summary: 'pause, resume, abort or finish a version that answers a share of the requests',
  positionals: '<model> <pause|resume|abort|promote>',
  options: { in: { type: 'string' }, reason: { type: 'string' } },
  help: {
    in: 'the environment',
    reason: 'why, for whoever asks later; an abort needs it, since it is a rollback and a hold in Git',
  },
  async run({ workspace, positionals, values }) {
    const [model, word] = positionals as [string, string];
    const action = canaryActions.find((known) => known === word);
    if (action === undefined) {
      throw new UsageError(`"${word}" is nothing to do with a canary; ${canaryActions.join(', ')} are`);
    }
    const result = await orderCanary(workspace, {
      model,
      environment: textOption(values, 'in', 'canary'),
      action,
      ...(typeof values.reason === 'string' ? { reason: values.reason } : {}),
    });
    const { environment, canary, done, rollback } = result;
    const lines = [
      `${model} in ${environment}: ${action} of ${canary.version} ${done ? 'done' : 'ordered; the agent has not done it yet'}`,
      `  it was: ${canaryText(canary)}`,
      ...(rollback === null ? [] : [`  ${rollback.from} → ${rollback.to} ${whereOf(rollback)}`]),
    ];
    return { json: result, text: lines.join('\n') };
  },
};

const whereOf = ({ proposal, commit, from }: NonNullable<CanaryResult['rollback']>): string =>
  proposal === null
    ? `in commit ${commit.slice(0, 12)}, ${from} is held`
    : `is proposed on the branch ${proposal.branch}: merge it, so that Git says what runs`;
