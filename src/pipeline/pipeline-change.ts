import { type Lock, parseLock } from '../data/index.ts';
import { canonicalJson, isLockstepError, readAtCommit, type Workspace } from '../workspace/index.ts';
import { codeAtCommit } from './code-at-commit.ts';
import { differences } from './difference.ts';
import type { StageMaterial } from './fingerprint.ts';
import { resolveStage } from './material.ts';
import { type Pipeline, readPipeline } from './pipeline.ts';

/** One stage's own material: what earlier stages make for it is their difference, not its. */
type OwnMaterial = StageMaterial;

interface Materials {
  readonly pipeline: Pipeline;
  readonly stages: ReadonlyMap<string, OwnMaterial>;
}

/**
 * What differs in a model's pipeline between two commits or trees, in the words of `plan`: code, params, data,
 * environments, how it is judged. Reads Git's objects only, so what it says of a change nobody trusts is still true;
 * empty when both make the same model. A side that can't be read is a difference too, told by its error.
 */
export async function pipelineChange(
  workspace: Workspace,
  model: string,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<readonly string[]> {
  const [before, now] = [
    await materialsAt(workspace, model, base),
    await materialsAt(workspace, model, head),
  ];
  if (typeof now === 'string') return [now];
  if (typeof before === 'string') return [`the pipeline of the base can't be read: ${before}`];
  const stages = [...now.stages].flatMap(([name, material]) => {
    const old = before.stages.get(name);
    const found = old === undefined ? ['is new'] : differences(old, material);
    return found.map((what) => `${name}: ${what}`);
  });
  const gone = [...before.stages.keys()].filter((name) => !now.stages.has(name));
  return [
    ...stages,
    ...gone.map((name) => `${name}: is gone`),
    ...(canonicalJson(before.pipeline.file.evaluate) === canonicalJson(now.pipeline.file.evaluate)
      ? []
      : ['how it is judged (evaluate)']),
  ];
}

/** Or why there are none, in one line. */
async function materialsAt(workspace: Workspace, model: string, tree: string): Promise<Materials | string> {
  try {
    const pipeline = await readPipeline(workspace, model, { commit: tree });
    const sources = { pipeline, code: codeAtCommit(workspace, tree), lock: await lockAt(workspace, tree) };
    const stages = new Map<string, OwnMaterial>();
    for (const stage of pipeline.stages) {
      const { material } = await resolveStage(sources, stage, new Map());
      const known = Object.entries(material.inputs).filter(([, digest]) => digest !== null);
      stages.set(stage.name, { ...material, inputs: Object.fromEntries(known) } as OwnMaterial);
    }
    return { pipeline, stages };
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}

async function lockAt({ root }: Workspace, tree: string): Promise<Lock | null> {
  const bytes = await readAtCommit(root, tree, './data.lock');
  return bytes === null ? null : parseLock(bytes, 'data.lock');
}
