import { deployModel, outcomeText } from '../../src/commands/release-model.ts';
import type { GitHub, RunContext } from '../../src/github/index.ts';
import { LockstepError, type Workspace } from '../../src/workspace/index.ts';
import { showDeployment } from '../kit/deployment.ts';
import { say } from '../kit/foreign-output.ts';
import { refuse } from '../kit/run.ts';

export interface DeployJob {
  readonly context: RunContext;
  readonly workspace: Workspace;
  readonly github: GitHub;
}

export interface DeployOrder {
  readonly models: readonly string[];
  readonly environment: string | null;
  readonly version: string | null;
}

/** Takes one model to an environment. Errors: those of `deployModel`; E_ACTION_INPUT for one version of many models. */
export async function deployOne(
  job: DeployJob,
  model: string,
  { models, environment, version }: DeployOrder,
): Promise<string> {
  if (version !== null && models.length > 1)
    throw new LockstepError('E_ACTION_INPUT', {
      what: `one version, ${version}, for ${models.length} models`,
      allowed: '`version` with one model',
      fix: 'deploy each in a step of its own',
    });
  const { workspace } = job;
  const where = environment ?? workspace.configuration.environments[0]!;
  const outcome = await deployModel(workspace, {
    model,
    environment: where,
    ...(version === null ? {} : { version }),
  });
  if (outcome.kind === 'nothing') {
    say(outcome.reason);
    return outcome.kind;
  }
  const named = 'result' in outcome ? outcome.result.version : (version ?? 'its version');
  const text = outcomeText(outcome, { model, environment: where, version: named });
  say(text);
  await showDeployment(job, outcome);
  if (outcome.kind === 'refused') refuse(outcome.code, text);
  return outcome.kind;
}
