import type { PromotionOutcome } from '../../src/commands/promotion-request.ts';
import { outcomeText } from '../../src/commands/release-model.ts';
import { type GitHub, type RunContext, recordDeployment, runUrl } from '../../src/github/index.ts';
import { listVersions } from '../../src/registry/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { say } from './foreign-output.ts';

/** Shows on GitHub's page of deployments what an environment names now; nothing where a promotion changed nothing. */
export async function showDeployment(
  { workspace, github, context }: { workspace: Workspace; github: GitHub; context: RunContext },
  outcome: PromotionOutcome,
): Promise<void> {
  if (outcome.kind === 'waiting' || outcome.kind === 'refused') return;
  const { model, environment, version, image } = outcome.result;
  const versions = await listVersions(workspace.root, model);
  const commit = versions.find((tag) => tag.version === version)?.commit ?? context.sha;
  const done = await recordDeployment(github, {
    model,
    environment,
    version,
    image,
    commit,
    state: 'success',
    description: outcomeText(outcome, { model, version, environment }),
    url: runUrl(context),
  });
  say(`deployment of ${model} in ${environment}: ${done}`);
}
