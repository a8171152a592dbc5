import { existsSync } from 'node:fs';
import { runDemo } from '../demo/index.ts';
import { LockstepError, pipelinePath } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'start',
  summary: 'run the demo: real data to a model in production, in a sandbox under .lockstep/demo',
  positionals: '',
  options: { once: { type: 'boolean' } },
  help: { once: 'end when done; otherwise the environments stay up until Ctrl-C' },
  async run({ workspace, values, json }) {
    if (!existsSync(pipelinePath(workspace, 'flight-delay')))
      throw new LockstepError('E_PIPELINE_MISSING', {
        what: 'the demo shows the model flight-delay, which is not here',
        allowed: 'a copy of the template with its examples',
        fix: '`lockstep run <model>` runs one of yours; the demo runs in a fresh copy',
      });
    const stream = json ? process.stderr : process.stdout;
    const summary = await runDemo({ root: workspace.root, once: values.once === true || json, stream });
    const failed = summary.steps.find(({ ok }) => !ok);
    if (failed) process.stderr.write(`The demo stopped at: ${failed.name}\n`);
    return { json: summary, text: '', ...(failed ? { exit: 1 } : {}) };
  },
};
