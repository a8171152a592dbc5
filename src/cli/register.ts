import { registerModel } from '../commands/register.ts';
import type { Bump } from '../registry/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './invocation.ts';

const bumps: readonly Bump[] = ['patch', 'minor', 'major'];

export const command: Command = {
  name: 'register',
  summary: 'give what HEAD holds a version: image, evidence, signed tag',
  positionals: '<model>',
  options: { bump: { type: 'string' }, platform: { type: 'string' } },
  help: {
    bump: 'patch, minor or major (default: as model.yaml says, and major where the contract breaks)',
    platform: 'platform of the image (default linux/amd64)',
  },
  async run({ workspace, positionals, values }) {
    const { bump, platform } = values;
    if (bump !== undefined && !bumps.includes(bump as Bump))
      throw new UsageError(`--bump is one of ${bumps.join(', ')}`);
    const result = await registerModel(workspace, positionals[0]!, {
      ...(bump === undefined ? {} : { bump: bump as Bump }),
      ...(typeof platform === 'string' ? { platform } : {}),
    });
    const { outcome, tag, image, commit, pushed } = result;
    const text =
      outcome === 'unchanged'
        ? `${tag} is this very model: nothing to register`
        : `${tag} at ${commit.slice(0, 12)}${pushed ? ', pushed to origin' : ''}\n${image}\nNext: lockstep promote ${result.model} ${result.version} --to ${workspace.configuration.environments[0]}`;
    return { json: result, text };
  },
};
