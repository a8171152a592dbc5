import { rmSync } from 'node:fs';
import { adoptCandidate } from '../../src/commands/adopt.ts';
import { candidateArtifactName, downloadCandidate, findArtifact } from '../../src/github/index.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { scratchFolder } from '../kit/runner-folders.ts';

/**
 * What a job of this very run trained, which may write nothing, is not trained again: both are the default branch's own.
 * `commit` where it is not HEAD's. What can't be used is trained here. Returns the folder of what could.
 */
export async function adoptOwn(
  { context, workspace, github }: ForgeJob,
  model: string,
  commit?: string,
): Promise<string | null> {
  const artifact = await findArtifact(github, { id: context.runId }, candidateArtifactName(model));
  if (artifact === null) return null;
  const folder = scratchFolder(`adopted/${model}`);
  rmSync(folder, { recursive: true, force: true });
  try {
    await downloadCandidate(github, artifact, folder);
    const stages = await adoptCandidate(workspace, folder, commit);
    say(`${model}: ${stages.join(', ') || 'no stage'} as trained by this run`);
    return folder;
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    say(`${model}: trained again here. ${error.message}`);
    return null;
  }
}
