import { isRetrained, readTip, recordRunKey } from '../gitops/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import { notesOf, type Report, runPipeline } from '../pipeline/index.ts';
import {
  baseCommit,
  listVersions,
  nextRetrained,
  type ReleaseRecord,
  readRelease,
  retrainedOf,
} from '../registry/index.ts';
import { checkEnvironment, isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import { runningIn } from './baseline.ts';
import { lockDifference } from './data-changes.ts';
import { type OwnData, ownData } from './environment-data.ts';
import { writeJudged } from './judged-files.ts';
import { judgeRun } from './judgement.ts';
import { type RegisterResult, refuseUnlessPassing, registerVersion, unchanged } from './new-version.ts';
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

const mostTries = 10;

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
  const told = (result: RegisterResult): RetrainResult => ({ ...result, of: version, environment });
  const before = await trainedBefore(workspace, record, environment, data);
  if (before !== null) return told(unchanged(before));
  const modelFile = await readModelFile(workspace, model, { commit: data.commit });
  const done = await trainAndJudge(workspace, { ...request, record, data, modelFile });
  refuseUnlessPassing(done, environment);
  await recordRunKey(workspace, model);
  for (let tries = 1; ; tries++) {
    const versions = (await listVersions(workspace.root, model)).map((tag) => tag.version);
    const next = nextRetrained(versions, { base: version, environment });
    try {
      const place = { model, version: next, commit: data.commit, done, modelFile };
      return told(
        await registerVersion(workspace, { ...place, ...(platform === undefined ? {} : { platform }) }),
      );
    } catch (error) {
      if (tries === mostTries || !isLockstepError(error, 'E_TAG_EXISTS')) throw error;
      await readTip(workspace, { tagsOf: model, ask: 'required' });
    }
  }
}

/** The version as this clone knows it, and the commit that is trained for the environment. Errors: as `retrainModel`, before it trains. */
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
    allowed: 'models with `pattern: retrain` at the version’s commit',
    fix: `lockstep promote ${model} ${version} --to ${environment}`,
  });
}

/** Its own training of this version on this very data; null when there is none. */
async function trainedBefore(
  workspace: Workspace,
  { model, version }: ReleaseRecord,
  environment: string,
  { commit }: OwnData,
): Promise<ReleaseRecord | null> {
  for (const tag of (await listVersions(workspace.root, model)).toReversed()) {
    const trained = retrainedOf(tag.version, [environment]);
    if (trained?.base !== version || tag.deregistered || tag.commit !== commit) continue;
    return (await readRelease(workspace, model, tag.version, { askOrigin: false })).record;
  }
  return null;
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
    report: (event) => {
      lines.note(event);
      report?.(event);
    },
  });
  const { configuration } = workspace;
  const alone = { ...workspace, configuration: { ...configuration, environments: [environment] } };
  const base = await baseCommit(workspace);
  const tip = await readTip(workspace, { tagsOf: model, ask: 'try' });
  const running = await runningIn(workspace, model, environment, base);
  const baseline = {
    kind: 'version',
    record: running ?? record,
    environment: running && environment,
  } as const;
  const judgement = await judgeRun(alone, {
    run,
    modelFile,
    base: commit,
    champions: { baseline, tip: tip.commit },
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
    data: await lockDifference(data.before, data.lock),
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
