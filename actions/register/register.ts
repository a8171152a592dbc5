import { checkKeepable, keepTrained } from '../../src/commands/kept-run.ts';
import { type RegisterOutcome, releaseModel } from '../../src/commands/release-model.ts';
import type { Bump } from '../../src/registry/index.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { fail } from '../kit/run.ts';
import { adoptOwn } from './own-training.ts';
import { type SeenImage, tellImage } from './tell.ts';

/** Judges every model, whatever came of another; those that could not be judged are told as the run's errors. */
export async function registerAll(
  job: ForgeJob,
  models: readonly string[],
  bump: Bump | null,
): Promise<readonly RegisterOutcome[]> {
  const outcomes: RegisterOutcome[] = [];
  for (const model of models) {
    const outcome = await registerOne(job, model, bump).catch(fail);
    if (outcome) outcomes.push(outcome);
  }
  return outcomes;
}

/** Judges one model again and gives it a version. Errors: what is neither a verdict nor a registry's no. */
async function registerOne(job: ForgeJob, model: string, bump: Bump | null): Promise<RegisterOutcome> {
  const adopted = await adoptOwn(job, model);
  const options = {
    note: say,
    beforeTag: (image: SeenImage) => tellImage(job, image),
    ...(bump === null ? {} : { bump }),
  };
  const outcome = await releaseModel(job.workspace, model, options);
  if (adopted !== null && outcome.kind !== 'neutral') await keepOwn(job, model, adopted);
  if (outcome.kind === 'registered' || outcome.kind === 'unchanged') {
    const { tag, image } = outcome.result;
    say(`${tag}: ${outcome.kind}, ${image}`);
  }
  return outcome;
}

/** For a later run of the same fingerprint, of this job or after another policy: hours of a GPU, perhaps. */
async function keepOwn({ workspace }: ForgeJob, model: string, folder: string): Promise<void> {
  try {
    checkKeepable(workspace, model);
    await keepTrained(workspace, folder);
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    say(`${model}: not kept for later runs. ${error.message}`);
  }
}
