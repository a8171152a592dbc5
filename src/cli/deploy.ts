import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deploy } from '../gitops/index.ts';
import { LockstepError } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { secondsOption, textOption } from './option-values.ts';
import { describeResult } from './promote.ts';

export const command: Command = {
  name: 'deploy',
  summary: 'write a decision of `promote --decide` to its environment',
  positionals: '<model>',
  options: { to: { type: 'string' }, release: { type: 'string' }, observe: { type: 'string' } },
  help: {
    to: 'the environment',
    release: 'the file that `promote --decide` wrote',
    observe: 'how many seconds to wait for the environment to answer (default 60, 0 does not wait)',
  },
  async run({ workspace, cwd, positionals, values }) {
    const file = textOption(values, 'release', 'deploy');
    const environment = textOption(values, 'to', 'deploy');
    const observe = secondsOption(values, 'observe', 60, 'deploy');
    const result = await deploy(workspace, {
      model: positionals[0]!,
      environment,
      release: readDecision(resolve(cwd, file), file),
      file,
      observe,
    });
    return { json: result, text: await describeResult(workspace, result) };
  },
};

function readDecision(path: string, shownAs: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new LockstepError('E_CONFIG_MISSING', {
      what: `cannot read ${shownAs} (${(cause as NodeJS.ErrnoException).code})`,
      allowed: 'the file that `lockstep promote --decide <file>` wrote',
      cause,
    });
  }
}
