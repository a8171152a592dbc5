import { bundleFolder, LockstepError } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'upgrade',
  summary: 'merge a verified release of the template into a branch of its own',
  positionals: '[version]',
  options: { from: { type: 'string' }, commit: { type: 'string' }, check: { type: 'boolean' } },
  help: {
    from: 'address or path of the template (default: upgrade: {from: …} in lockstep.yaml, then what GitHub says)',
    commit: 'a whole commit id of the template that you looked at, in place of a signed release',
    check: 'say what would be done, and make no branch',
  },
  async run(input) {
    if (bundleFolder === null) return (await import('./upgrade-result.ts')).upgradeResult(input);
    // scripts/bundle.ts leaves it out: a bundle runs where no copy of the template need be.
    throw new LockstepError('E_UPGRADE_BASE', {
      what: 'the bundled command upgrades nothing',
      allowed: 'a repository made from the template, by its own command',
      fix: 'run ./lockstep upgrade in it',
    });
  },
};
