import { retrainModel, whatToTrain } from '../../src/commands/retrain.ts';
import { checkVersion } from '../../src/registry/index.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { wanted } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { adoptOwn } from './own-training.ts';

/**
 * Judges what this run trained of a version's commit on an environment's data, and registers what passes for it.
 * Errors: those of `retrainModel`.
 */
export async function retrainIn(
  job: ForgeJob,
  models: readonly string[],
  asked: { readonly version: string | null; readonly environment: string | null },
): Promise<void> {
  const [model = '', ...more] = models;
  const request = {
    model: wanted('models', more.length > 0 ? null : model),
    version: checkVersion(wanted('version', asked.version)),
    environment: wanted('environment', asked.environment),
  };
  const { data } = await whatToTrain(job.workspace, request);
  await adoptOwn(job, model, data.commit);
  const { tag, image, outcome } = await retrainModel(job.workspace, request);
  say(`${tag}: ${outcome}, ${image}`);
  setOutputs({ tag });
}
