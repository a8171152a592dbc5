import { type Lock, parseLock } from '../data/index.ts';
import { canonicalJson, isLockstepError, LockstepError, parseYaml } from '../workspace/index.ts';
import { codeInTree, type TreeFiles } from './code-at-commit.ts';
import type { CodeSource } from './code-source.ts';
import { differences } from './difference.ts';
import type { StageMaterial } from './fingerprint.ts';
import { resolveStage } from './material.ts';
import { type Pipeline, parsePipeline, pipelineFileOf } from './pipeline.ts';

/** One stage's own material: what earlier stages make for it is their difference, not its. */
type OwnMaterial = StageMaterial;

interface Materials {
  readonly pipeline: Pipeline;
  readonly stages: ReadonlyMap<string, OwnMaterial>;
}

/** A commit or tree that pipelines are compared at: listed once, and its data.lock read once, for all of them. */
export interface ChangeSide {
  readonly code: CodeSource;
  lock(): Promise<Lock | null>;
}

export function changeSide(files: TreeFiles): ChangeSide {
  const code = codeInTree(files);
  let lock: Promise<Lock | null> | undefined;
  return {
    code,
    lock: () => {
      lock ??= readLock(code);
      return lock;
    },
  };
}

async function readLock(code: CodeSource): Promise<Lock | null> {
  const bytes = await code.read('data.lock');
  return bytes === null ? null : parseLock(bytes, 'data.lock');
}

/**
 * What differs in a model's pipeline between two commits or trees, in the words of `plan`: code, params, data,
 * environments, how it is judged. Reads Git's objects only, so what it says of a change nobody trusts is still true;
 * empty when both make the same model. A side that can't be read is a difference too, told by its error.
 */
export async function pipelineChange(
  model: string,
  { base, head }: { readonly base: ChangeSide; readonly head: ChangeSide },
): Promise<readonly string[]> {
  const [before, now] = [await materialsAt(model, base), await materialsAt(model, head)];
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
async function materialsAt(model: string, side: ChangeSide): Promise<Materials | string> {
  try {
    const pipeline = await pipelineOf(model, side);
    const sources = { pipeline, code: side.code, lock: await side.lock() };
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

async function pipelineOf(model: string, { code }: ChangeSide): Promise<Pipeline> {
  const file = pipelineFileOf(model);
  const bytes = await code.read(file);
  if (bytes !== null) return parsePipeline(model, parseYaml(bytes, file));
  throw new LockstepError('E_PIPELINE_MISSING', { what: `no ${file}`, fix: 'restore it from Git' });
}
