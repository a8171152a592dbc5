import { renderChange } from '../report/index.ts';
import type { Command } from './command.ts';
import { judgedHelp, judgedOptions, reviewed } from './judged-commits.ts';

export const command: Command = {
  name: 'report',
  summary: 'print the comment that a pull request gets, from what `judge --all` measured',
  positionals: '<folder>',
  options: judgedOptions,
  help: judgedHelp,
  async run(input) {
    const change = await reviewed(input, 'report');
    const comment = renderChange(change);
    return { json: { comment }, text: comment };
  },
};
