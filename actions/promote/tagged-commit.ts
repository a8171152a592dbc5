import type { PromotionJob, PromotionOutcome } from '../../src/commands/promotion-request.ts';
import { runUrl, setStatus } from '../../src/github/index.ts';
import { readEnvironments, type TagRequest } from '../../src/gitops/index.ts';
import { digestOf } from '../../src/workspace/index.ts';
import { showDeployment } from '../kit/deployment.ts';
import type { ForgeJob } from '../kit/forge.ts';

const states = {
  observed: 'success',
  written: 'success',
  already: 'success',
  proposed: 'pending',
  waiting: 'pending',
  refused: 'failure',
} as const satisfies Record<PromotionOutcome['kind'], string>;

/** Where somebody asked. */
type Tagged = Pick<PromotionJob, 'environment'> & {
  readonly commit: string;
  readonly tag: string | undefined;
};

export const promotionContext = (environment: string): string => `lockstep/promote/${environment}`;

/** Answers where a tag asked: a status on its commit, one an environment. A last word is said once, in whatever words. */
export async function tellTagged(
  { github, context }: ForgeJob,
  { commit: sha, environment, tag }: Tagged,
  kind: PromotionOutcome['kind'],
  description: string,
): Promise<void> {
  const name = promotionContext(environment);
  const status = { sha, state: states[kind], description, url: runUrl(context), context: name };
  const last = kind !== 'waiting' && kind !== 'proposed' && tag !== undefined;
  await setStatus(github, { ...status, ...(last ? { key: digestOf(tag) } : {}) });
}

/** Says what a run that was cut off after its push left unsaid, where the environment still names that version. */
export async function tellWritten(job: ForgeJob, request: TagRequest): Promise<void> {
  const { model, version, environment } = request;
  const { releases } = await readEnvironments(job.workspace, model);
  const record = releases.get(environment);
  if (record?.version !== version) return;
  const text = `${model} ${version} in ${environment}: written to Git`;
  const image = `${record.image.name}@${record.image.digest}`;
  await showDeployment(job, { model, environment, version, image }, text);
  await tellTagged(job, request, 'already', text);
}
