import type { PromotionOutcome } from '../../src/commands/promotion-request.ts';
import { runUrl, setStatus } from '../../src/github/index.ts';
import { readEnvironments } from '../../src/gitops/index.ts';
import { resolveCommit } from '../../src/workspace/index.ts';
import { showDeployment } from '../kit/deployment.ts';
import type { ForgeJob } from '../kit/forge.ts';
import type { Asked } from './requests.ts';

const states = {
  observed: 'success',
  written: 'success',
  already: 'success',
  waiting: 'pending',
  refused: 'failure',
} as const satisfies Record<PromotionOutcome['kind'], string>;

/** Answers where a tag asked: a status on its commit, one an environment. */
export async function tellTagged(
  { github, context }: ForgeJob,
  sha: string,
  environment: string,
  kind: keyof typeof states,
  description: string,
): Promise<void> {
  const name = `lockstep/promote/${environment}`;
  await setStatus(github, { sha, state: states[kind], description, url: runUrl(context), context: name });
}

/** Says what a run that was cut off after its push left unsaid, where the environment still names that version. */
export async function tellAgain(job: ForgeJob, { model, version, environment, tag }: Asked): Promise<void> {
  if (model === null || version === null || environment === null) return;
  const { releases } = await readEnvironments(job.workspace, model);
  const record = releases.get(environment);
  const commit = await resolveCommit(job.workspace.root, `refs/tags/${tag}`);
  if (record?.version !== version || commit === null) return;
  const text = `${model} ${version} in ${environment}: written to Git`;
  const image = `${record.image.name}@${record.image.digest}`;
  await showDeployment(job, { model, environment, version, image }, text);
  await tellTagged(job, commit, environment, 'already', text);
}
