import { rmSync } from 'node:fs';
import { hexOf, shown, statePath } from '../workspace/index.ts';
import { fingerprintOf, type StageMaterial } from './fingerprint.ts';
import { checkGpu } from './gpu.ts';
import { declaredParams, type ResolvedStage } from './material.ts';
import { prepareEnvironment } from './python-environment.ts';
import { writeStageRecord } from './run-cache.ts';
import type { RunContext } from './run-context.ts';
import type { Report } from './run-event.ts';
import type { FileRef, StageRecord } from './run-record.ts';
import { stageFailure } from './stage-failure.ts';
import { openStageLog } from './stage-log.ts';
import { followMetrics, readMetrics } from './stage-metrics.ts';
import { collectOutputs } from './stage-outputs.ts';
import { stageVariables } from './stage-variables.ts';
import { type Outcome, runSupervised } from './supervised-process.ts';
import { layOutWork, type WorkFolder } from './work-folder.ts';

/**
 * Runs one stage in a fresh folder and keeps what it made: first its outputs in the store, then the record that
 * says so. Errors: E_TRAIN_*, E_ENVIRONMENT_PREPARE, E_METRICS_*, E_DISK_FULL, E_INTERRUPTED.
 */
export async function runStage(
  context: RunContext,
  resolved: ResolvedStage,
  material: StageMaterial,
  made: ReadonlyMap<string, FileRef>,
  report: Report,
): Promise<StageRecord> {
  const { workspace, pipeline, store } = context;
  const { stage } = resolved;
  const fingerprint = fingerprintOf(material);
  const place = (...path: (string | number)[]) => pipeline.parsed.locate(['stages', stage.name, ...path]);
  if (stage.file.gpu) checkGpu(stage.name, pipeline.file['runs-on'], place('gpu'));
  const environment = await environmentOf(context, resolved, report);
  const folder = await layOutWork(context, resolved, fingerprint, made);
  const logFile = statePath(workspace, 'runs', 'stages', `${hexOf(fingerprint)}.log`);
  const started = performance.now();
  try {
    const { outcome, lastLines } = await execute(context, resolved, folder, environment, logFile, report);
    const seconds = Math.round(performance.now() - started) / 1000;
    const failure = stageFailure(outcome, {
      stage: stage.name,
      lastLines: lastLines.map((line) =>
        line.replaceAll(`file://${workspace.root}/`, '').replaceAll(`${workspace.root}/`, ''),
      ),
      log: shown(workspace, logFile),
      timeout: stage.file.timeout,
      builtin: resolved.builtin !== null,
      where: place(resolved.builtin ? 'uses' : 'run'),
    });
    if (failure) throw failure;
    const metrics = readMetrics(folder.metrics, `$LOCKSTEP_METRICS of stage ${stage.name}`);
    const { outputs, undeclared } = await collectOutputs(
      store,
      stage.name,
      folder.outputs,
      stage.outputs,
      (name) => place('outputs', stage.outputs.indexOf(name)),
    );
    if (undeclared.length > 0) {
      const text = `not declared as an output, so not kept: ${undeclared.slice(0, 10).join(', ')}`;
      report({ kind: 'notice', stage: stage.name, text });
    }
    const record: StageRecord = {
      name: stage.name,
      fingerprint,
      inputs: material.inputs,
      params: declaredParams(pipeline, stage),
      outputs,
      seconds,
      metrics,
    };
    writeStageRecord(workspace, record);
    rmSync(folder.checkpoints, { recursive: true, force: true });
    return record;
  } finally {
    rmSync(folder.root, { recursive: true, force: true });
  }
}

async function environmentOf(
  context: RunContext,
  { stage, environmentLock }: ResolvedStage,
  report: Report,
): Promise<string | null> {
  if (environmentLock === null) return null;
  const where = context.pipeline.parsed.locate(['stages', stage.name, 'environment']);
  const wanted = { python: stage.file.environment!.python, lock: environmentLock };
  return prepareEnvironment(context, wanted, where, (line) =>
    report({ kind: 'log', stage: stage.name, line }),
  );
}

async function execute(
  { workspace }: RunContext,
  { stage, builtin }: ResolvedStage,
  folder: WorkFolder,
  environment: string | null,
  logFile: string,
  report: Report,
): Promise<{ outcome: Outcome; lastLines: readonly string[] }> {
  for (const name of stage.file.env ?? []) {
    if (process.env[name] !== undefined) continue;
    report({ kind: 'notice', stage: stage.name, text: `env names ${name}, which is not set here` });
  }
  // The work folder is gone when somebody reads of it; the same path below the root is the file to open.
  const log = openStageLog(
    logFile,
    (line) => report({ kind: 'log', stage: stage.name, line }),
    (line) => line.replaceAll(folder.root, workspace.root),
  );
  const stopFollowing = followMetrics(folder.metrics, (values) =>
    report({ kind: 'metrics', stage: stage.name, values }),
  );
  try {
    const outcome = await runSupervised({
      command: builtin === null ? stage.file.run! : [process.execPath, builtin.worker],
      timeoutMs: stage.timeoutMs,
      outcomeFile: folder.outcome,
      cwd: folder.cwd,
      env: stageVariables({
        folders: folder,
        environment,
        declared: stage.file.env ?? [],
        host: process.env,
      }),
      onOutput: log.write,
    });
    return { outcome, lastLines: log.end() };
  } finally {
    stopFollowing();
    log.end();
  }
}
