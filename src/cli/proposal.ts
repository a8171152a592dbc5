import { compareAddress } from '../commands/proposal-address.ts';
import type { Proposal } from '../gitops/index.ts';
import type { Workspace } from '../workspace/index.ts';

/** What is left to do by hand where nobody opens the pull request: the first line says what came of it. */
export async function describeProposal(workspace: Workspace, proposal: Proposal): Promise<string[]> {
  const { branch, target, commit, state } = proposal;
  const address = await compareAddress(workspace, proposal);
  const words = {
    made: 'proposed',
    remade: 'proposed anew, since what it touches has changed',
    unchanged: 'proposed already',
  }[state];
  return [
    `${words}, on the branch ${branch} (commit ${commit.slice(0, 12)})`,
    ...(address === null ? [] : [`  open the pull request: ${address}`]),
    `  ${address === null ? 'open the pull request' : 'or'}: gh pr create --base ${target} --head ${branch} --fill`,
  ];
}
