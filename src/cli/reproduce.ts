import { reproduceModel } from '../commands/reproduce.ts';
import type { Command } from './command.ts';
import { UsageError } from './invocation.ts';

export const command: Command = {
  name: 'reproduce',
  summary: 'make a version again from its commit, and compare the bytes',
  positionals: '<model@version>',
  options: {},
  help: {},
  async run({ workspace, positionals }) {
    const [model, version, ...more] = positionals[0]!.split('@');
    if (!model || !version || more.length > 0)
      throw new UsageError('lockstep reproduce takes <model>@<version>, for example churn@v1.2.0');
    const result = await reproduceModel(workspace, model, version);
    const { same, commit, registered, made, seconds } = result;
    const text = same
      ? `${model}@${version} is the same again, byte for byte: ${registered}\nfrom commit ${commit.slice(0, 12)} in ${seconds} s`
      : `${model}@${version} came out different from commit ${commit.slice(0, 12)}\n  registered ${registered}\n  made now   ${made}`;
    return { json: result, text, exit: same ? 0 : 1 };
  },
};
