import {
  jobOfTag,
  mergedJobs,
  type PromotionJob,
  unansweredJobs,
} from '../../src/commands/promotion-request.ts';
import { type GitHub, stateOf } from '../../src/github/index.ts';
import { parseTag } from '../../src/registry/index.ts';
import { checkEnvironment, isLockstepError, isName, type Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { wanted } from '../kit/inputs.ts';
import { promotionContext } from './tagged-commit.ts';

export interface Asked {
  readonly model: string | null;
  readonly version: string | null;
  readonly environment: string | null;
  readonly tag: string | null;
}

/** One job of a matrix; texts alone, empty where a tag says the rest or none asks. */
export interface MatrixJob {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  readonly tag: string;
}

/** GitHub starts no more jobs of one matrix; the next sweep finds the rest. */
const mostJobs = 256;

/** What one request asks for, by tag or by name; nothing when it needs nothing any more. Errors: E_ENV_UNKNOWN, E_ACTION_INPUT. */
export async function jobsOf(workspace: Workspace, asked: Asked): Promise<MatrixJob[]> {
  if (asked.tag !== null) return jobsOfTag(workspace, asked.tag);
  const environment = wanted('environment', asked.environment);
  checkEnvironment(workspace.configuration, environment);
  const [model, version] = [wanted('model', asked.model), wanted('version', asked.version)];
  return [{ model, version, environment, tag: '' }];
}

/**
 * A tag's name may be anything: what doesn't ask for a promotion is told, and no more. A bad request to an environment
 * that there is goes on to the job that may answer it; a job for one that there isn't would make GitHub create it.
 */
async function jobsOfTag(workspace: Workspace, tag: string): Promise<MatrixJob[]> {
  const name = parseTag(tag);
  if (name?.event !== 'assign' || !isName(name.model)) {
    say(`the tag ${JSON.stringify(tag)} asks for no promotion`);
    return [];
  }
  const { model, environment } = name;
  checkEnvironment(workspace.configuration, environment);
  try {
    const { job, state } = await jobOfTag(workspace, tag);
    if (job === null) say(`${tag}: ${state.kind} already`);
    return job === null ? [] : [toMatrix(job)];
  } catch (error) {
    if (isLockstepError(error, 'E_TAG_REQUEST')) {
      say(error.message); // Whoever asked took the tag away again.
      return [];
    }
    if (!isLockstepError(error, 'E_VERSION_UNKNOWN') && !isLockstepError(error, 'E_TAG_LIGHTWEIGHT'))
      throw error;
    return [{ model, version: '', environment, tag }];
  }
}

/** Every request that nobody has answered, and every answer that nobody has told: a merge's. */
export async function openJobs(workspace: Workspace, github: GitHub): Promise<MatrixJob[]> {
  const jobs = await unansweredJobs(workspace);
  for (const { tag, model, version, environment } of jobs)
    say(
      tag === undefined
        ? `${model} ${version} in ${environment}: no tag says so yet`
        : `${tag}: not answered yet`,
    );
  for (const job of await mergedJobs(workspace)) {
    const state = await stateOf(github, job.commit!, promotionContext(job.environment));
    if (state !== 'pending') continue;
    say(`${job.tag}: merged`);
    jobs.push(job);
  }
  return jobs.slice(0, mostJobs).map(toMatrix);
}

const toMatrix = ({ model, version, environment, tag = '' }: PromotionJob): MatrixJob => ({
  model,
  version,
  environment,
  tag,
});
