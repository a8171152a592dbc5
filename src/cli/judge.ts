import { resolve } from 'node:path';
import { judgeHandover } from '../commands/judge.ts';
import type { Command } from './command.ts';
import { judgedResult } from './judged-result.ts';
import { drawStages } from './stage-progress.ts';

export const command: Command = {
  name: 'judge',
  summary: 'judge a candidate that somebody handed over, by the base commit alone',
  positionals: '<folder>',
  options: { base: { type: 'string' } },
  help: {
    base: 'revision whose policy, rows and model.yaml judge (default: where HEAD left the default branch of origin)',
  },
  async run({ workspace, cwd, positionals, values }) {
    const judged = await judgeHandover(workspace, resolve(cwd, positionals[0]!), {
      report: drawStages(),
      ...(typeof values.base === 'string' ? { base: values.base } : {}),
    });
    return judgedResult(workspace, judged);
  },
};
