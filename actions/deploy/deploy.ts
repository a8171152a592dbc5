import { deployModel, outcomeText, versionOfHead } from '../../src/commands/release-model.ts';
import { LockstepError } from '../../src/workspace/index.ts';
import { showDeployment } from '../kit/deployment.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { askForMerge, readPull } from '../kit/pull-request.ts';
import { refuse } from '../kit/run.ts';

export interface DeployOrder {
  readonly models: readonly string[];
  readonly environment: string | null;
  readonly version: string | null;
}

/** Before anything is deployed. Errors: E_ACTION_INPUT for one version of many models. */
export function checkOrder({ models, version }: DeployOrder): void {
  if (version === null || models.length === 1) return;
  throw new LockstepError('E_ACTION_INPUT', {
    what: `one version, ${version}, for ${models.length} models`,
    allowed: '`version` with one model',
    fix: 'deploy each in a step of its own',
  });
}

/** Takes one model to an environment. Errors: those of `deployModel`. */
export async function deployOne(
  job: ForgeJob,
  model: string,
  { environment, version }: DeployOrder,
): Promise<string> {
  const { workspace } = job;
  const where = environment ?? workspace.configuration.environments[0]!;
  const chosen = version ?? (await versionOfHead(workspace, model));
  if (chosen === null) {
    say(`${model}: no version is registered at this commit`);
    return 'nothing';
  }
  const order = { model, environment: where, version: chosen };
  const outcome = await deployModel(workspace, order);
  if (outcome.kind === 'nothing') return outcome.kind;
  const proposal = outcome.kind === 'proposed' ? outcome.result.proposal : null;
  const pull = proposal && (await askForMerge(job, order, proposal, await readPull(job, order)));
  const text = `${outcomeText(outcome, order)}${pull ? `: ${pull.url}` : ''}`;
  say(text);
  if ('result' in outcome && outcome.kind !== 'proposed') await showDeployment(job, outcome.result, text);
  if (outcome.kind === 'refused') refuse(outcome.code, text);
  return outcome.kind;
}
