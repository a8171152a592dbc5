import { prepareRetraining, pushRetraining } from '../../src/commands/retraining.ts';
import { openIssueOnce, type RunContext, runUrl } from '../../src/github/index.ts';
import { type MonitorReport, renderText } from '../../src/monitoring/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { openForge } from '../kit/forge.ts';
import { actAsBot } from '../kit/git-identity.ts';
import { fenced } from '../kit/summary.ts';

export interface Telling {
  readonly 'prepare-retraining': boolean;
  readonly token: string | null;
}

/**
 * One issue about a violated rule; with a branch that learns from the newer months, the link that opens its pull
 * request: what a workflow's own token opens would start no workflow. Returns the branch that was pushed.
 */
export async function tellAbout(
  workspace: Workspace,
  context: RunContext,
  report: MonitorReport,
  { 'prepare-retraining': prepare, token }: Telling,
): Promise<string[]> {
  const github = await openForge(token, context);
  actAsBot();
  const retraining = prepare ? await prepareRetraining(workspace, report) : null;
  const pushed = retraining === null ? null : await pushRetraining(workspace, retraining);
  const { model } = report;
  const { serverUrl, repository } = context;
  const compare = `${serverUrl}/${repository.owner}/${repository.name}/compare/${retraining?.branch}?expand=1`;
  const { number, opened } = await openIssueOnce(github, {
    title: retraining?.title ?? `${model} has moved away from what it learned from`,
    body: [
      retraining === null
        ? ''
        : `[Open the pull request](${compare}): its branch \`${retraining.branch}\` is pushed.`,
      fenced(renderText(report)),
      `[The run that found it](${runUrl(context)})`,
    ].join('\n\n'),
    marker: `lockstep:retrain ${retraining?.branch ?? model}`,
  });
  say(`${model}: issue ${number} ${opened ? 'opened' : 'is open already'}`);
  return pushed === 'pushed' ? [retraining!.branch] : [];
}
