import { type ChangedModel, changedModels } from '../../src/commands/changed-models.ts';
import { listPipelines, readPipeline } from '../../src/pipeline/index.ts';
import { listAllVersions } from '../../src/registry/index.ts';
import { isLockstepError, type Workspace } from '../../src/workspace/index.ts';
import type { Job } from './matrix.ts';
import { emptyTree, type Sides } from './sides.ts';

export interface Planned {
  readonly jobs: readonly Job[];
  /** Models that only a person may start the training of. */
  readonly waiting: readonly string[];
  readonly reasons: readonly Pick<ChangedModel, 'model' | 'why'>[];
}

/** What is to be trained where, by whom it is asked. Errors: those of `changedModels`. */
export async function planJobs(
  workspace: Workspace,
  purpose: 'pull-request' | 'train' | 'main',
  sides: Sides,
): Promise<Planned> {
  if (purpose === 'main') return forMain(workspace, sides.head);
  const changed = await changedModels(workspace, sides);
  if (purpose === 'pull-request') return forPullRequest(changed);
  return forTraining(workspace, changed, sides.base);
}

/** Hosted runners alone; what needs others is tried on a sample, where it says how, and waits for a person. */
function forPullRequest(changed: readonly ChangedModel[]): Planned {
  const jobs = changed.flatMap(({ model, gpu, quick, runsOn }): Job[] => {
    if (!gpu) return [{ model, runsOn, quick: false }];
    return quick ? [{ model, runsOn: hosted, quick: true }] : [];
  });
  return { jobs, waiting: changed.filter(({ gpu }) => gpu).map(({ model }) => model), reasons: changed };
}

const hosted = 'ubuntu-latest';

/** What waited. On which runner the base says, never the change; a model that it doesn't know gets a hosted one. */
async function forTraining(
  workspace: Workspace,
  changed: readonly ChangedModel[],
  base: string,
): Promise<Planned> {
  const asked = changed.filter(({ gpu }) => gpu);
  const jobs: Job[] = [];
  for (const { model } of asked)
    jobs.push({ model, runsOn: await labelsAt(workspace, model, base), quick: false });
  return { jobs, waiting: [], reasons: asked };
}

async function labelsAt(workspace: Workspace, model: string, base: string): Promise<Job['runsOn']> {
  try {
    const { file } = await readPipeline(workspace, model, { commit: base });
    return file['runs-on'] ?? hosted;
  } catch (error) {
    if (isLockstepError(error, 'E_PIPELINE_MISSING')) return hosted;
    throw error;
  }
}

/** What differs from the commit of its newest version, or has none. */
async function forMain(workspace: Workspace, head: string): Promise<Planned> {
  const changed: ChangedModel[] = [];
  for (const [base, models] of await modelsByNewestVersion(workspace)) {
    const found = await changedModels(workspace, { base, head });
    changed.push(...found.filter(({ model }) => models.includes(model)));
  }
  changed.sort((a, b) => (a.model < b.model ? -1 : 1));
  const jobs = changed.map(({ model, runsOn }) => ({ model, runsOn, quick: false }));
  return { jobs, waiting: [], reasons: changed };
}

/** Every model with a pipeline, by the commit of its newest version. */
async function modelsByNewestVersion(workspace: Workspace): Promise<Map<string, string[]>> {
  const versions = await listAllVersions(workspace.root);
  const none = await emptyTree(workspace);
  return Map.groupBy(listPipelines(workspace), (model) => {
    const standing = (versions.get(model) ?? []).filter(({ deregistered }) => !deregistered);
    return standing.at(-1)?.commit ?? none;
  });
}
