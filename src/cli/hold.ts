import { hold } from '../gitops/index.ts';
import type { Command } from './command.ts';
import { textOption } from './option-values.ts';
import { describeProposal } from './proposal.ts';

export const command: Command = {
  name: 'hold',
  summary: 'hold a version, so that nobody may promote it, or release it again',
  positionals: '<model> <version>',
  options: { reason: { type: 'string' }, release: { type: 'boolean' } },
  help: { reason: 'why, for whoever asks later', release: 'take the hold away' },
  async run({ workspace, positionals, values }) {
    const [model, version] = positionals as [string, string];
    const result = await hold(workspace, {
      model,
      version,
      reason: textOption(values, 'reason', 'hold'),
      release: values.release === true,
    });
    if (result.proposal !== null) {
      const [first, ...more] = await describeProposal(workspace, result.proposal);
      const wanted = result.held ? 'hold' : 'release';
      return { json: result, text: [`${wanted} of ${model} ${version}: ${first}`, ...more].join('\n') };
    }
    const state = result.held ? 'held' : 'not held';
    const text =
      result.commit === null
        ? `${model} ${version} was ${state} already`
        : `${model} ${version} is ${state} (commit ${result.commit.slice(0, 12)})`;
    return { json: result, text };
  },
};
