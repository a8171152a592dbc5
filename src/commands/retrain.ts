import { isRetrained, readTip, recordRunKey } from '../gitops/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import { notesOf, type Report, runPipeline } from '../pipeline/index.ts';
import {
  nextRetrained,
  type ReleaseRecord,
  readRelease,
  retrainedOf,
  type VersionTag,
} from '../registry/index.ts';
import { checkEnvironment, LockstepError, type Workspace } from '../workspace/index.ts';
import { championIn } from './baseline.ts';
import { lockDifference } from './data-changes.ts';
import { findAfterCheck } from './data-check.ts';
import { type OwnData, ownData } from './environment-data.ts';
import { writeJudged } from './judged-files.ts';
import { judgeRun } from './judgement.ts';
import { type RegisterResult, refuseUnlessPassing, registerNext } from './new-version.ts';
import { factsOfData, filesOf, type ModelRun } from './run.ts';
import { stageLines } from './stage-lines.ts';

export interface RetrainRequest {
  readonly model: string;
  /** That main registered. */
  readonly version: string;
  readonly environment: string;
  readonly platform?: string;
  readonly report?: Report;
}

export interface RetrainResult extends RegisterResult {
  /** The version whose commit was trained. */
  readonly of: string;
  readonly environment: string;
}

/**
 * `pattern: retrain`: trains a version's commit on an environment's own data, judges it for that environment alone, and
 * registers it as `v1.2.0-staging.1` at a commit of its own, which moves the locks and nothing else. With data that it
 * was trained on before nothing is done. Errors: E_PROMOTE_RETRAIN, E_LOCK_MISSING, E_GIT_DIRTY, E_GATE_REFUSED, and
 * those of run, image and registry.
 */
export async function retrainModel(workspace: Workspace, request: RetrainRequest): Promise<RetrainResult> {
  const { model, version, environment, platform } = request;
  await readTip(workspace, { tagsOf: model, ask: 'required' });
  const { record, data } = await whatToTrain(workspace, request);
  const modelFile = await readModelFile(workspace, model, { commit: data.commit });
  let done: ModelRun | undefined;
  const result = await registerNext(workspace, model, async (versions) => {
    const before = await trainedBefore(workspace, versions, record, environment, data);
    if (before !== null) return before;
    done ??= await trainAndJudge(workspace, { ...request, record, data, modelFile });
    refuseUnlessPassing(done, environment);
    await recordRunKey(workspace, model);
    const names = versions.map((tag) => tag.version);
    return {
      model,
      version: nextRetrained(names, { base: version, environment }),
      commit: data.commit,
      done,
      modelFile,
      ...(platform === undefined ? {} : { platform }),
    };
  });
  return { ...result, of: version, environment };
}

/**
 * The version as this clone knows it, and the commit that is trained for the environment. Errors: as `retrainModel`,
 * before it trains.
 */
export async function whatToTrain(
  workspace: Workspace,
  { model, version, environment }: Pick<RetrainRequest, 'model' | 'version' | 'environment'>,
): Promise<{ readonly record: ReleaseRecord; readonly data: OwnData }> {
  checkEnvironment(workspace.configuration, environment);
  const { record } = await readRelease(workspace, model, version, { askOrigin: false });
  await checkPattern(workspace, record, environment);
  return { record, data: await ownData(workspace, record, environment) };
}

/** Errors: E_PROMOTE_RETRAIN. */
async function checkPattern(workspace: Workspace, record: ReleaseRecord, environment: string): Promise<void> {
  const { model, version } = record;
  const { environments } = workspace.configuration;
  const where = { file: `models/${model}/model.yaml` };
  const trained = retrainedOf(version, environments);
  if (trained !== null) {
    throw new LockstepError('E_PROMOTE_RETRAIN', {
      what: `${model} ${version} was trained for ${trained.environment} of ${trained.base}`,
      where,
      allowed: 'a version that main registered',
      fix: `lockstep retrain ${model} ${trained.base} --in ${environment}`,
    });
  }
  if (await isRetrained(workspace, record)) return;
  throw new LockstepError('E_PROMOTE_RETRAIN', {
    what: `${model} ${version} is trained once, and the artifact is promoted`,
    where,
    allowed: 'models with `pattern: retrain` at the commit of the version',
    fix: `lockstep promote ${model} ${version} --to ${environment}`,
  });
}

/** Its own training of this version on this very data; null when there is none. */
async function trainedBefore(
  workspace: Workspace,
  versions: readonly VersionTag[],
  { model, version }: ReleaseRecord,
  environment: string,
  { commit }: OwnData,
): Promise<ReleaseRecord | null> {
  const own = versions.find(
    (tag) =>
      retrainedOf(tag.version, [environment])?.base === version && !tag.deregistered && tag.commit === commit,
  );
  return own ? (await readRelease(workspace, model, own.version, { askOrigin: false })).record : null;
}

interface Training extends RetrainRequest {
  readonly record: ReleaseRecord;
  readonly data: OwnData;
  readonly modelFile: ModelFile;
}

/** Judged for this environment alone, against what runs there, or against the version as main trained it. */
async function trainAndJudge(
  workspace: Workspace,
  { model, environment, record, data, modelFile, report }: Training,
): Promise<ModelRun> {
  const clock = performance.now();
  const lines = stageLines();
  const { commit } = data;
  const run = await runPipeline(workspace, model, {
    source: { commit },
    ...(await findAfterCheck(workspace, model, { own: data })),
    report: (event) => {
      lines.note(event);
      report?.(event);
    },
  });
  const judgement = await judgeRun(workspace, {
    environments: [environment],
    run,
    modelFile,
    base: commit,
    champions: await championIn(workspace, environment, record),
    now: new Date(),
  });
  const { evaluation, baseline: other, comparison, verdicts } = judgement;
  const input = {
    model,
    modelFile,
    evaluation,
    baseline: other,
    comparison,
    verdicts,
    run: run.record,
    stages: lines.of(run.record.stages),
    data: lockDifference(data.before, data.lock),
    notes: [`${record.version}, trained on the data of ${environment}`, ...notesOf(workspace, run.record)],
    datasets: factsOfData(workspace, run),
    base: record.commit,
    head: commit,
  };
  const files = filesOf(workspace, run, judgement);
  await writeJudged(workspace, files, judgement, input);
  const seconds = Math.round(performance.now() - clock) / 1000;
  return { run, judgement, report: input, files, cached: false, seconds };
}
