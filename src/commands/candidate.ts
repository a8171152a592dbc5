import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openStore } from '../data/index.ts';
import type { FileRef, RunRecord } from '../pipeline/index.ts';
import { diskFull, LockstepError, temporaryBeside, type Workspace, writeAtomic } from '../workspace/index.ts';
import { type CandidateFile, type HandedName, handedNames } from './candidate-file.ts';
import type { ModelRun } from './run.ts';

/** What a run hands over: the bytes are in the store. */
export interface CandidateInput {
  readonly record: RunRecord;
  readonly model: FileRef | null;
  /** Only where they count: predictions that the judge can make itself are not handed over. */
  readonly predictions: FileRef | null;
  readonly base: string | null;
  /** A quick run: it can refuse, never pass. */
  readonly quick?: boolean;
}

/** Errors: E_FILE_KIND for what is not an empty folder, or no folder yet. Asked before a run, so that none is in vain. */
export function checkCandidateFolder(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && readdirSync(folder).length === 0)) return;
  throw new LockstepError('E_FILE_KIND', {
    what: `${folder} is ${found.isDirectory() ? 'not empty' : 'no folder'}`,
    allowed: 'an empty folder, or a name that is free',
    fix: 'name another folder with --candidate',
  });
}

/**
 * Writes what the judge is handed: candidate.json and the files it names. The folder is there whole or not at all.
 * Errors: those of `checkCandidateFolder`, E_DISK_FULL.
 */
export async function writeCandidate(
  workspace: Workspace,
  folder: string,
  candidate: CandidateInput,
): Promise<void> {
  const target = resolve(folder);
  checkCandidateFolder(target);
  mkdirSync(dirname(target), { recursive: true });
  const temporary = temporaryBeside(target);
  try {
    mkdirSync(temporary);
    await fill(workspace, temporary, candidate);
    if (existsSync(target)) rmdirSync(target); // Only an empty folder goes.
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw diskFull(error, target);
  }
}

/** What a judged run hands over. */
export const candidateOfRun = ({ run, judgement: { objects }, report }: ModelRun): CandidateInput => ({
  record: run.record,
  model: objects.model,
  predictions: run.pipeline.file.evaluate.predictions === undefined ? null : objects.predictions,
  base: report.base,
});

async function fill(
  workspace: Workspace,
  folder: string,
  { record, model, predictions, base, quick = false }: CandidateInput,
): Promise<void> {
  const store = openStore(workspace);
  const refs: Partial<Record<HandedName, FileRef | null>> = {
    'model.onnx': model,
    'predictions.parquet': predictions,
    'record.json': await store.put(`${JSON.stringify(record, null, 2)}\n`),
  };
  const files: Partial<Record<HandedName, FileRef>> = {};
  for (const name of handedNames) {
    const ref = refs[name];
    if (!ref) continue;
    await store.materialize(ref.digest, join(folder, name));
    files[name] = { digest: ref.digest, size: lstatSync(join(folder, name)).size };
  }
  const candidate: CandidateFile = {
    v: 1,
    model: record.model,
    head: record.commit,
    base,
    fingerprint: record.fingerprint,
    ...(quick ? { quick } : {}),
    files,
  };
  writeAtomic(join(folder, 'candidate.json'), `${JSON.stringify(candidate, null, 2)}\n`);
}
