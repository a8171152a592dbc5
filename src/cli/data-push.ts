import { pushData } from '../data/index.ts';
import { amount } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { environmentOption } from './option-values.ts';

export const command: Command = {
  name: 'data push',
  summary: 'send the bytes that data.lock names to the remote',
  positionals: '[dataset…]',
  options: { for: { type: 'string' } },
  help: { for: 'what data.<environment>.lock names' },
  async run({ workspace, positionals, values }) {
    const result = await pushData(workspace, positionals, environmentOption(workspace, values));
    const { objects, bytes } = result.pushed;
    return {
      json: result,
      text: `${objects === 1 ? '1 object' : `${amount(objects, 'count')} objects`} (${amount(bytes, 'bytes')}) pushed to ${result.remote}, ${amount(result.present, 'count')} already there`,
    };
  },
};
