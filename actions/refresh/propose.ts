import { rmSync } from 'node:fs';
import { proposeRefresh, refreshBranch } from '../../src/commands/refresh-change.ts';
import { refreshArtifact, takeOverRefresh } from '../../src/commands/refresh-handover.ts';
import { downloadArtifact, findArtifact, openIssueOnce, runUrl } from '../../src/github/index.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { actAsBot } from '../kit/git-identity.ts';
import { scratchFolder } from '../kit/runner-folders.ts';
import { fenced } from '../kit/summary.ts';

/**
 * Pushes what this run fetched to the one branch, and keeps one issue with its differences and the link that opens the
 * pull request: what a workflow's own token opens would start no workflow.
 */
export async function propose({ context, workspace, github }: ForgeJob): Promise<Record<string, unknown>> {
  const artifact = await findArtifact(github, { id: context.runId }, refreshArtifact.name);
  if (artifact === null) {
    say('this run handed nothing over');
    return { branch: '' };
  }
  const folder = scratchFolder('refreshed');
  rmSync(folder, { recursive: true, force: true });
  await downloadArtifact(github, artifact, folder, refreshArtifact.files);
  actAsBot();
  const taken = await takeOverRefresh(workspace, folder);
  if (taken.changes.length === 0) {
    say('the default branch has this data already');
    return { branch: '' };
  }
  const { title, text, state } = await proposeRefresh(workspace, taken);
  const { serverUrl, repository } = context;
  const compare = `${serverUrl}/${repository.owner}/${repository.name}/compare/${refreshBranch}?expand=1`;
  const said = {
    pushed: `its branch \`${refreshBranch}\` is pushed.`,
    there: `its branch \`${refreshBranch}\` has this data.`,
    theirs: `its branch \`${refreshBranch}\` has commits of somebody else, and is left to them until it is merged or deleted.`,
  }[state];
  const { number, opened } = await openIssueOnce(github, {
    title,
    body: [
      `[Open the pull request](${compare}): ${said}`,
      fenced(text),
      `[The run that fetched it](${runUrl(context)})`,
    ].join('\n\n'),
    marker: 'lockstep:refresh',
    update: state !== 'there',
  });
  say(`${title}: ${state}; issue ${number} ${opened ? 'opened' : 'is open already'}`);
  return { branch: state === 'pushed' ? refreshBranch : '' };
}
