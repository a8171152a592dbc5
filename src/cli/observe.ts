import { observeWorld } from '../commands/observe.ts';
import { isBad, observationLines } from '../commands/observe-text.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'observe',
  summary: 'look whether environments run what their folders name, record it, undo failures',
  positionals: '[model]',
  options: { in: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  help: { in: 'this environment alone', 'dry-run': 'look, and write nothing' },
  async run({ workspace, positionals, values }) {
    const observed = await observeWorld(workspace, {
      ...(positionals[0] === undefined ? {} : { model: positionals[0] }),
      ...(typeof values.in === 'string' ? { environment: values.in } : {}),
      dryRun: values['dry-run'] === true,
    });
    return { json: observed, text: observationLines(observed).join('\n'), exit: isBad(observed) ? 1 : 0 };
  },
};
