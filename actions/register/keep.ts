import { rmSync } from 'node:fs';
import { trainedChange } from '../../src/commands/kept-change.ts';
import { checkKeepable, keepTrained } from '../../src/commands/kept-run.ts';
import { candidateArtifactName, downloadCandidate, findArtifact } from '../../src/github/index.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { fetchAsData } from '../kit/change-commits.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { wanted } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { scratchFolder } from '../kit/runner-folders.ts';

export interface Commits {
  readonly base: string;
  readonly head: string;
}

/**
 * Keeps what this run trained for a change. Nothing of the change is run, and its commits are read as data; what is
 * kept counts only where all of the change was merged. What can't be kept is said, and trained again one day. Tells as
 * outputs which models are kept. Errors: E_ACTION_INPUT, E_GIT where the change can't be fetched.
 */
export async function keepChange(
  job: ForgeJob,
  models: readonly string[],
  asked: { readonly base: string | null; readonly head: string | null },
): Promise<void> {
  const commits: Commits = { base: wanted('base', asked.base), head: wanted('head', asked.head) };
  await fetchAsData(job.workspace.root, [commits.head]);
  const kept: string[] = [];
  for (const model of models) {
    try {
      if (await keepOne(job, model, commits)) kept.push(model);
    } catch (error) {
      if (!isLockstepError(error)) throw error;
      say(`${model}: not kept for later runs. ${error.message}`);
    }
  }
  setOutputs({ kept: kept.join(' ') });
}

async function keepOne(
  { context, workspace, github }: ForgeJob,
  model: string,
  { base, head }: Commits,
): Promise<boolean> {
  const artifact = await findArtifact(github, { id: context.runId }, candidateArtifactName(model));
  if (artifact === null) {
    say(`${model}: not trained by this run`);
    return false;
  }
  checkKeepable(workspace, model);
  const folder = scratchFolder(`kept/${model}`);
  rmSync(folder, { recursive: true, force: true });
  await downloadCandidate(github, artifact, folder);
  const change = await trainedChange(workspace, { base, head });
  const fingerprints = await keepTrained(workspace, folder, { expected: { model, head }, change });
  say(`${model}: kept for the run after the merge, under ${fingerprints.length} fingerprints`);
  return true;
}
