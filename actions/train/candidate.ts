import { rmSync } from 'node:fs';
import type { OwnData } from '../../src/commands/environment-data.ts';
import { trainCandidate } from '../../src/commands/train.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { wanted } from '../kit/inputs.ts';
import { stageGroups } from '../kit/stage-groups.ts';

export interface CandidateOrder {
  readonly folder: string;
  readonly quick: boolean;
  readonly base: string | null;
  /** Of `pattern: retrain`: trains that version on that environment's data, not what is checked out. */
  readonly version: string | null;
  readonly environment: string | null;
}

/** Trains one model, its log folded by stage. What an earlier try left in the folder is replaced. */
export async function trainInGroups(
  workspace: Workspace,
  model: string,
  { folder, quick, base, version, environment }: CandidateOrder,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const own = await dataToTrain(workspace, model, { version, environment });
  const { report, end } = stageGroups(model);
  // What is merged may have been trained by a run that we trust; what a change asks for is its own to train.
  const merged = process.env.GITHUB_EVENT_NAME === 'push' && !quick;
  const find = merged ? (await keptRuns())(workspace, model, say) : null;
  try {
    const { run } = await trainCandidate(workspace, model, {
      folder,
      quick,
      report,
      ...(find === null ? {} : { find }),
      ...(base === null ? {} : { base }),
      ...(own === null ? {} : { own }),
    });
    end();
    const kind = quick ? 'trained on a sample' : 'trained';
    say(`${model}: ${run.cached ? 'nothing changed' : kind}, ${run.record.seconds.toFixed(1)} s`);
  } finally {
    end();
  }
}

/** The registries of models and of images are loaded where they are asked. */
const keptRuns = async () => (await import('../../src/commands/kept-run.ts')).keptRuns;

/** A version's commit on the data of an environment, where both are named; null where what is checked out is trained. */
async function dataToTrain(
  workspace: Workspace,
  model: string,
  { version, environment }: { readonly version: string | null; readonly environment: string | null },
): Promise<OwnData | null> {
  if (version === null && environment === null) return null;
  const { whatToTrain } = await import('../../src/commands/retrain.ts');
  const request = { version: wanted('version', version), environment: wanted('environment', environment) };
  return (await whatToTrain(workspace, { model, ...request })).data;
}
