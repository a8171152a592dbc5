import { rmSync } from 'node:fs';
import { adoptCandidate } from '../../src/commands/adopt.ts';
import { type RegisterOutcome, releaseModel } from '../../src/commands/release-model.ts';
import { candidateArtifactName, downloadCandidate, findArtifact } from '../../src/github/index.ts';
import type { Bump } from '../../src/registry/index.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { scratchFolder } from '../kit/runner-folders.ts';

/** Judges one model again and gives it a version. Errors: what is neither a verdict nor a registry's no. */
export async function registerOne(job: ForgeJob, model: string, bump: Bump | null): Promise<RegisterOutcome> {
  await adoptOwn(job, model);
  const outcome = await releaseModel(job.workspace, model, bump === null ? {} : { bump });
  if (outcome.kind === 'registered' || outcome.kind === 'unchanged') {
    const { tag, image } = outcome.result;
    say(`${tag}: ${outcome.kind}, ${image}`);
  }
  return outcome;
}

/**
 * What a job of this very run trained, which may write nothing, is not trained again: both are the default branch's own.
 * What can't be used is trained here.
 */
async function adoptOwn({ context, workspace, github }: ForgeJob, model: string): Promise<void> {
  const artifact = await findArtifact(github, { id: context.runId }, candidateArtifactName(model));
  if (artifact === null) return;
  const folder = scratchFolder(`adopted/${model}`);
  rmSync(folder, { recursive: true, force: true });
  try {
    await downloadCandidate(github, artifact, folder);
    const stages = await adoptCandidate(workspace, folder);
    say(`${model}: ${stages.join(', ') || 'no stage'} as trained by this run`);
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    say(`${model}: trained again here. ${error.message}`);
  }
}
