import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import schema from '../../docs/schemas/run.json' with { type: 'json' };
import {
  canonicalJson,
  checkSchema,
  type Digest,
  hexOf,
  LockstepError,
  parseJson,
  statePath,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import { runFingerprint } from './fingerprint.ts';
import type { GitState } from './git-state.ts';
import { lookForGpu } from './gpu.ts';
import type { PipelineFile } from './pipeline-file.ts';
import type { RunContext } from './run-context.ts';
import type { RunRecord, StageRecord } from './run-record.ts';

/** A run's folder, or a file in it: `record.json` here, `evaluation.json` by whoever evaluates. */
export const runPath = (workspace: Workspace, fingerprint: Digest, ...parts: string[]): string =>
  statePath(workspace, 'runs', hexOf(fingerprint), ...parts);

/** Errors: E_RUN_MISSING; those of a file that is no run record. */
export function readRunRecord(workspace: Workspace, fingerprint: Digest): RunRecord {
  const path = runPath(workspace, fingerprint, 'record.json');
  if (!existsSync(path)) {
    throw new LockstepError('E_RUN_MISSING', {
      what: `no run ${fingerprint} on this machine`,
      fix: 'run the pipeline again',
    });
  }
  return checkSchema<RunRecord>(parseJson(readFileSync(path), 'record.json'), schema);
}

export interface RunParts {
  readonly stages: readonly StageRecord[];
  readonly git: GitState;
  readonly started: Date;
  readonly seconds: number;
  /** Whether no stage had to run. */
  readonly cached: boolean;
}

/**
 * Keeps the record of a run. A run of cached stages keeps the time that the work took when it was done; only what
 * is true of the checkout now (commit, dirty, lock) is brought up to date.
 */
export function keepRunRecord(context: RunContext, parts: RunParts): RunRecord {
  const { workspace, pipeline, lockDigest } = context;
  const { stages, git, started, seconds, cached } = parts;
  const fingerprint = runFingerprint(stages, pipeline.file.evaluate);
  const before = cached ? earlierRecord(workspace, fingerprint) : null;
  const record: RunRecord = {
    v: 1,
    model: pipeline.model,
    fingerprint,
    ...git,
    lock: lockDigest,
    stages,
    started: before?.started ?? started.toISOString(),
    seconds: before?.seconds ?? seconds,
    host: before?.host ?? hostOf(pipeline.file),
  };
  if (before === null || canonicalJson(before) !== canonicalJson(record)) {
    writeAtomic(runPath(workspace, fingerprint, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  }
  return record;
}

function earlierRecord(workspace: Workspace, fingerprint: Digest): RunRecord | null {
  try {
    return readRunRecord(workspace, fingerprint);
  } catch {
    return null; // Absent or damaged: written anew.
  }
}

/** Other bytes may come of another kind of machine: this says which it was. */
function hostOf({ stages }: PipelineFile): RunRecord['host'] {
  const gpu = Object.values(stages).some((stage) => stage.gpu === true) ? lookForGpu().name : null;
  return {
    os: process.platform,
    arch: process.arch,
    node: process.versions.node,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    ...(gpu === null ? {} : { gpu }),
  };
}
