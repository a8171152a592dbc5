import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openStore } from '../data/index.ts';
import type { FileRef } from '../pipeline/index.ts';
import { diskFull, LockstepError, temporaryBeside, type Workspace, writeAtomic } from '../workspace/index.ts';
import { type CandidateFile, type HandedName, handedNames } from './candidate-file.ts';
import type { ModelRun } from './run.ts';

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
export async function writeCandidate(workspace: Workspace, folder: string, done: ModelRun): Promise<void> {
  const target = resolve(folder);
  checkCandidateFolder(target);
  mkdirSync(dirname(target), { recursive: true });
  const temporary = temporaryBeside(target);
  try {
    mkdirSync(temporary);
    await fill(workspace, temporary, done);
    if (existsSync(target)) rmdirSync(target); // Only an empty folder goes.
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw diskFull(error, target);
  }
}

async function fill(
  workspace: Workspace,
  folder: string,
  { run, judgement, report }: ModelRun,
): Promise<void> {
  const store = openStore(workspace);
  const { record, pipeline } = run;
  const { model, predictions } = judgement.objects;
  const refs: Partial<Record<HandedName, FileRef | null>> = {
    'model.onnx': model,
    // Predictions that the judge can make itself are not handed over.
    'predictions.parquet': pipeline.file.evaluate.predictions === undefined ? null : predictions,
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
    base: report.base,
    fingerprint: record.fingerprint,
    files,
  };
  writeAtomic(join(folder, 'candidate.json'), `${JSON.stringify(candidate, null, 2)}\n`);
}
