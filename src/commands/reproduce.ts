import { runPipeline } from '../pipeline/index.ts';
import { readRelease } from '../registry/index.ts';
import { type Digest, isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';

export interface Reproduction {
  readonly model: string;
  readonly version: string;
  readonly commit: string;
  /** What was registered, and what the commit gives today. */
  readonly registered: Digest;
  readonly made: Digest;
  readonly same: boolean;
  readonly seconds: number;
}

/**
 * Makes a version's model again from its commit alone (code, data.lock and params as they were there), every stage
 * from the beginning, and compares the bytes. Errors: those of reading the release and of the pipeline.
 */
export async function reproduceModel(
  workspace: Workspace,
  model: string,
  version: string,
): Promise<Reproduction> {
  const { record } = await readRelease(workspace, model, version, { askOrigin: false });
  const clock = performance.now();
  const { outputs, pipeline } = await runPipeline(workspace, model, {
    source: { commit: record.commit },
    force: true,
  }).catch((error: unknown) => {
    throw isLockstepError(error, 'E_DATA_FORGOTTEN') ? forgotten(model, version, error) : error;
  });
  const made = outputs[pipeline.file.evaluate.model ?? ''];
  if (made === undefined) {
    throw new LockstepError('E_RUN_MISSING', {
      what: `${model} at ${record.commit.slice(0, 12)} gives no model`,
      allowed: 'evaluate: names an output that is the ONNX model',
    });
  }
  const seconds = Math.round((performance.now() - clock) / 100) / 10;
  const registered = record.modelDigest;
  return {
    model,
    version,
    commit: record.commit,
    registered,
    made: made.digest,
    same: made.digest === registered,
    seconds,
  };
}

const forgotten = (model: string, version: string, { what, allowed }: LockstepError): LockstepError =>
  new LockstepError('E_DATA_FORGOTTEN', {
    what: `${model}@${version} cannot be made again: ${what}`,
    allowed,
    fix: 'nothing brings the data back; the model itself is in its image',
  });
