import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDataset, placeDataset } from '../data/index.ts';
import {
  acquireLock,
  canonicalJson,
  type Digest,
  digestFile,
  diskFull,
  hexOf,
  isAlive,
  isLockstepError,
  LockstepError,
  statePath,
  type Workspace,
} from '../workspace/index.ts';
import type { CodeFile } from './code-source.ts';
import type { ResolvedStage } from './material.ts';
import type { RunContext } from './run-context.ts';
import type { FileRef } from './run-record.ts';
import type { StageFolders } from './stage-variables.ts';

/** Where a stage runs. Laid out as the repository is, so that relative imports work, with our own beside the code. */
export interface WorkFolder extends StageFolders {
  readonly root: string;
  /** The pipeline's folder in it. */
  readonly cwd: string;
  readonly outcome: string;
}

export const stageLockPath = (workspace: Workspace, fingerprint: Digest): string =>
  statePath(workspace, 'runs', 'locks', `${hexOf(fingerprint)}.lock`);

/** Makes a fresh folder that holds the declared inputs and nothing else. Errors: E_DISK_FULL, those of the data room. */
export async function layOutWork(
  context: RunContext,
  resolved: ResolvedStage,
  fingerprint: Digest,
  made: ReadonlyMap<string, FileRef>,
): Promise<WorkFolder> {
  const { workspace, pipeline } = context;
  const folder = workFolderAt(workspace, pipeline.model, fingerprint);
  rmSync(folder.root, { recursive: true, force: true });
  try {
    for (const path of [folder.cwd, folder.inputs, folder.outputs, folder.checkpoints]) {
      mkdirSync(path, { recursive: true });
    }
    writeFileSync(folder.params, `${canonicalJson(resolved.material.params)}\n`);
    for (const entry of resolved.code.values()) {
      for (const file of entry.kind === 'file' ? [entry.file] : entry.files) {
        await placeCode(context, file, join(folder.root, file.path));
      }
    }
    for (const input of resolved.stage.inputs) {
      if (input.kind === 'data') {
        const entry = await ensureDataset(workspace, context.lock!, input.key);
        await placeDataset(workspace, entry, join(folder.inputs, 'data', input.key));
      } else if (input.kind === 'output') {
        await context.store.materialize(made.get(input.name)!.digest, join(folder.inputs, input.name));
      }
    }
    return folder;
  } catch (error) {
    rmSync(folder.root, { recursive: true, force: true });
    throw diskFull(error, folder.root);
  }
}

function workFolderAt(workspace: Workspace, model: string, fingerprint: Digest): WorkFolder {
  const root = statePath(workspace, 'work', hexOf(fingerprint));
  const own = join(root, '.lockstep'); // No code input can be called so.
  return {
    root,
    cwd: join(root, 'pipelines', model),
    params: join(own, 'params.json'),
    inputs: join(own, 'inputs'),
    outputs: join(own, 'outputs'),
    metrics: join(own, 'metrics.jsonl'),
    outcome: join(own, 'outcome.json'),
    checkpoints: statePath(workspace, 'checkpoints', hexOf(fingerprint)),
  };
}

/** What is copied is hashed again: a file saved while the run began must not run under the old fingerprint. */
async function placeCode(
  { workspace, pipeline, code }: RunContext,
  file: CodeFile,
  target: string,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  if (pipeline.commit === null) await copyFile(join(workspace.root, file.path), target);
  else await writeFile(target, (await code.read(file.path))!);
  chmodSync(target, file.executable ? 0o755 : 0o644);
  if ((await digestFile(target)).digest === file.digest) return;
  throw new LockstepError('E_DATA_CHANGED', {
    what: `${file.path} changed while the run began`,
    fix: 'run the same command again',
  });
}

const oneHour = 3_600_000;

/** Removes what killed commands left behind: folders of stages that no lock holds, and scratch files of the past. */
export async function sweepWork(workspace: Workspace): Promise<void> {
  for (const name of namesIn(statePath(workspace, 'work'))) {
    const path = statePath(workspace, 'work', name);
    if (/^[0-9a-f]{64}$/.test(name)) await sweepStage(workspace, name, path);
    else if (isAbandoned(name, path)) rmSync(path, { recursive: true, force: true });
  }
}

async function sweepStage(workspace: Workspace, hex: string, path: string): Promise<void> {
  try {
    const release = await acquireLock(stageLockPath(workspace, `sha256:${hex}`), { what: 'tidying' });
    rmSync(path, { recursive: true, force: true });
    release();
  } catch (error) {
    if (!isLockstepError(error, 'E_BUSY')) throw error;
  }
}

/** A scratch file may be in use by a command beside this one: its name tells the process, else its age decides. */
function isAbandoned(name: string, path: string): boolean {
  const owner = /-(\d+)-[0-9a-f]{8}\b/.exec(name)?.[1];
  if (owner !== undefined) return !isAlive(Number(owner));
  const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && Date.now() - changed > oneHour;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
