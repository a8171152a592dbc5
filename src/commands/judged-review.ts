import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import judgedSchema from '../../docs/schemas/judged.json' with { type: 'json' };
import runSchema from '../../docs/schemas/run.json' with { type: 'json' };
import { type Comparison, type Evaluation, parseComparison, parseEvaluation } from '../evaluation/index.ts';
import { type Outcome, readPolicy } from '../gate/index.ts';
import { type ModelFile, parseModelFile, readModelFile } from '../model/index.ts';
import type { RunRecord } from '../pipeline/index.ts';
import { listVersions } from '../registry/index.ts';
import { type ChangedPart, type ChangeInput, withoutValues } from '../report/index.ts';
import {
  checkSchema,
  type Digest,
  digestOf,
  isLockstepError,
  LockstepError,
  parseJson,
  parseYaml,
  readAtCommit,
  type Workspace,
} from '../workspace/index.ts';
import { workspaceAt } from './base.ts';
import { type ChangedModel, changedModels } from './changed-models.ts';
import { dataBetween } from './data-changes.ts';
import {
  type JudgedFile,
  type JudgedModel,
  judgedFileName,
  partsOfModel,
  quickDoubt,
} from './judged-file.ts';
import { lockConflict } from './lock-conflict.ts';
import { versionAfter } from './next-version.ts';
import { verdictsOf, worst } from './verdicts.ts';

const mostManifest = 4 * 1024 * 1024;

/**
 * Reads what the job that scored a change left, for the job that may write. Which models the change touches is found
 * out again from Git, and every verdict is made again from the evaluation and the base's policy: the scoring process is
 * believed about numbers it measured, never about what they mean. Values of columns that are not public stay behind
 * here. Nothing is run, no model is loaded.
 * Errors: E_METRICS_TAMPERED, E_HANDOVER_SHAPE, E_HANDOVER_TOO_LARGE, those of schemas.
 */
export async function reviewChange(
  workspace: Workspace,
  folder: string,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<ChangeInput> {
  const bytes = readCapped(join(folder, judgedFileName), judgedFileName, mostManifest);
  const file = checkSchema<JudgedFile>(parseJson(bytes, judgedFileName), judgedSchema);
  for (const [what, found, wanted] of [
    ['base', file.base, base],
    ['head', file.head, head],
  ])
    if (found !== wanted) throw shape(`a judgement of the ${what} ${found}`, wanted!);
  const judging = await workspaceAt(workspace, base);
  const told = new Map(file.models.map((model) => [model.model, model]));
  const models: ChangedPart[] = [];
  for (const changed of await changedModels(workspace, { base, head })) {
    const one = told.get(changed.model);
    if (one === undefined)
      throw shape(`no word about ${changed.model}`, 'every model that the change touches');
    models.push(await reviewModel(judging, join(folder, changed.model), changed, one, file));
  }
  // Which datasets changed is Git's to say; what changed inside them was measured.
  const inside = new Map(file.data?.map(({ key, ...facts }) => [key, facts]));
  const data = (await dataBetween(workspace, base, head)).map((change) => {
    const facts = inside.get(change.key);
    return facts === undefined ? change : { ...change, inside: facts };
  });
  const settle = await lockConflict(workspace, head);
  return {
    base,
    head,
    judge: file.judge,
    isolation: file.isolation,
    data,
    ...(settle === null ? {} : { settle: `${settle} && git push` }),
    models,
  };
}

async function reviewModel(
  workspace: Workspace,
  folder: string,
  { model, why, gpu, known }: ChangedModel,
  told: JudgedModel,
  { base, head }: JudgedFile,
): Promise<ChangedPart> {
  const facts = { model, why };
  if (!known) return { ...facts, kind: 'new' };
  if (told.kind === 'refused')
    return {
      ...facts,
      kind: 'refused',
      code: told.code ?? 'E_HANDOVER_SHAPE',
      reason: told.reason ?? 'no reason was given',
    };
  if (told.kind !== 'judged')
    return gpu ? { ...facts, kind: 'waiting', input: null } : { ...facts, kind: 'missing' };
  const parts = readParts(folder, model);
  const { evaluation, comparison } = parts;
  const modelFile = await readModelFile(workspace, model, { commit: base });
  const read = await readPolicy(workspace, model, base);
  const binding = {
    model,
    modelDigest: evaluation.subject.modelDigest,
    run: parts.record.fingerprint,
    lock: null,
    evaluation: parts.digests.evaluation,
    comparison: parts.digests.comparison,
    baseline: told.baseline ?? 'the baseline',
    policy: { digest: read.digest, commit: read.commit },
    tip: told.tip ?? null,
  };
  const common = {
    evaluation,
    comparison,
    doubt: told.quick ? quickDoubt : (told.doubt ?? null),
    now: new Date(),
    binding,
  };
  const verdicts = verdictsOf(workspace, { ...common, policy: read.policy });
  const version = await wouldBecome(workspace, model, head, parts);
  const input = withoutValues({
    model,
    modelFile,
    evaluation,
    baseline: parts.baseline,
    comparison,
    verdicts,
    run: { ...parts.record, lock: null },
    stages: told.stages ?? [],
    data: null,
    notes: told.notes ?? [],
    base,
    head,
    ...(version === null ? {} : { version }),
  });
  const outcome = worst(verdicts.map(({ verdict }) => verdict));
  // A quick run that did not fail has said nothing yet.
  if (gpu && told.quick && outcome !== 'fail') return { ...facts, kind: 'waiting', input };
  const own = await byOwnPolicy(workspace, model, head, read.digest, common);
  return { ...facts, kind: 'judged', input, quick: told.quick, own, trained: told.trained ?? null };
}

interface Parts {
  readonly evaluation: Evaluation;
  readonly baseline: Evaluation;
  readonly comparison: Comparison;
  readonly record: RunRecord;
  readonly digests: { readonly evaluation: Digest; readonly comparison: Digest };
}

function readParts(folder: string, model: string): Parts {
  const read = (name: keyof typeof partsOfModel) =>
    readCapped(join(folder, name), `${model}/${name}`, partsOfModel[name]);
  const comparisonBytes = read('comparison.json');
  const comparison = parseComparison(comparisonBytes, `${model}/comparison.json`);
  const evaluation = parseEvaluation(
    read('evaluation.json'),
    `${model}/evaluation.json`,
    comparison.candidateEvaluation,
  );
  const baseline = parseEvaluation(
    read('baseline.json'),
    `${model}/baseline.json`,
    comparison.baselineEvaluation,
  );
  const record = checkSchema<RunRecord>(parseJson(read('record.json'), `${model}/record.json`), runSchema);
  for (const { model: found } of [evaluation, baseline, record])
    if (found !== model) throw shape(`${found} in the folder of ${model}`, `files of ${model}`);
  return {
    evaluation,
    baseline,
    comparison,
    record,
    digests: { evaluation: comparison.candidateEvaluation, comparison: digestOf(comparisonBytes) },
  };
}

function readCapped(path: string, name: string, most: number): Buffer {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw shape(`no file ${name}`, 'what `lockstep judge --all` writes');
  if (found.size <= most) return readFileSync(path);
  throw new LockstepError('E_HANDOVER_TOO_LARGE', {
    what: `${name} has ${found.size.toLocaleString('en-US')} bytes`,
    allowed: `at most ${most.toLocaleString('en-US')}`,
    fix: 'judge the change again',
  });
}

/** The version that the merged model would get, by the contract of the change's own model.yaml; null for one that has it. */
async function wouldBecome(
  workspace: Workspace,
  model: string,
  head: string,
  { evaluation, comparison }: Parts,
): Promise<string | null> {
  const { modelDigest } = evaluation.subject;
  if (modelDigest === null || comparison.baseline.modelDigest === modelDigest) return null;
  const modelFile = await modelFileAt(workspace, model, head);
  return modelFile && versionAfter(workspace, modelFile, await listVersions(workspace.root, model));
}

/** Null for one that can't be read: what is wrong with it, its own run tells. */
async function modelFileAt({ root }: Workspace, model: string, commit: string): Promise<ModelFile | null> {
  const path = `models/${model}/model.yaml`;
  const bytes = await readAtCommit(root, commit, path);
  return bytes && (await orNull(async () => parseModelFile(parseYaml(bytes, path))));
}

/** What the change's own policy would say of the same numbers; null where it has the base's, or none that can be read. */
async function byOwnPolicy(
  workspace: Workspace,
  model: string,
  head: string,
  base: Digest,
  common: Omit<Parameters<typeof verdictsOf>[1], 'policy'>,
): Promise<Outcome | null> {
  const bytes = await readAtCommit(workspace.root, head, `models/${model}/policy.yaml`);
  if (bytes === null || digestOf(bytes) === base) return null;
  return orNull(async () => {
    const { policy } = await readPolicy(workspace, model, head);
    return worst(verdictsOf(workspace, { ...common, policy }).map(({ verdict }) => verdict));
  });
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isLockstepError(error)) return null;
    throw error;
  }
}

const shape = (what: string, allowed: string): LockstepError =>
  new LockstepError('E_HANDOVER_SHAPE', {
    what,
    where: { file: judgedFileName },
    allowed,
    fix: 'judge the change again',
  });
