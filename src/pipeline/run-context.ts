import {
  type DigestMemo,
  findLock,
  type Lock,
  openMemo,
  openStore,
  parseLock,
  printLock,
  type Store,
} from '../data/index.ts';
import { type Digest, digestOf, readAtCommit, type Workspace } from '../workspace/index.ts';
import { codeAtCommit } from './code-at-commit.ts';
import { codeInWorkTree } from './code-in-work-tree.ts';
import type { CodeSource } from './code-source.ts';
import type { Pipeline } from './pipeline.ts';

/** All that a pipeline is planned and run against; for a pipeline read at a commit, code and lock of that commit. */
export interface RunContext {
  readonly workspace: Workspace;
  readonly pipeline: Pipeline;
  readonly code: CodeSource;
  readonly lock: Lock | null;
  /** sha256 of data.lock. */
  readonly lockDigest: Digest | null;
  readonly store: Store;
  readonly memo: DigestMemo;
  /** A run on samples: `pipeline` and `lock` are those of `quick:`. */
  readonly quick?: boolean;
}

/** Large files are what it is for: a run with nothing changed reads none of their bytes. */
const memoOptions = { name: 'pipeline-digests', smallest: 64 * 1024 };

/** Errors: those of a bad data.lock. */
export async function openRunContext(workspace: Workspace, pipeline: Pipeline): Promise<RunContext> {
  const memo = openMemo(workspace, memoOptions);
  const lock = await lockOf(workspace, pipeline.commit);
  return {
    workspace,
    pipeline,
    code:
      pipeline.commit === null ? codeInWorkTree(workspace, memo) : codeAtCommit(workspace, pipeline.commit),
    lock,
    // A lock has one canonical form, so printing it gives the file's bytes.
    lockDigest: lock === null ? null : digestOf(printLock(lock)),
    store: openStore(workspace),
    memo,
  };
}

async function lockOf(workspace: Workspace, commit: string | null): Promise<Lock | null> {
  if (commit === null) return findLock(workspace);
  const bytes = await readAtCommit(workspace.root, commit, './data.lock');
  return bytes === null ? null : parseLock(bytes, 'data.lock');
}
