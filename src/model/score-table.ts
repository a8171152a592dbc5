import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askChild, LockstepError, ownProgram, type Workspace } from '../workspace/index.ts';

export interface ScoreTableOptions {
  /** Absolute paths. */
  readonly model: string;
  readonly data: string;
  /** What messages call the two, where their paths say nothing to people. */
  readonly names?: { readonly model: string; readonly data: string };
  /** Predictions are written here, as Parquet. */
  readonly out: string;
  /** Column that names the rows. */
  readonly rowId?: string;
  /** Also measure how long a single row takes. */
  readonly measure?: boolean;
  /** Scoring that takes longer is stopped; 15 minutes unless stated. */
  readonly timeoutMs?: number;
}

export interface ScoreResult {
  readonly rows: number;
  readonly sizeBytes: number;
  /** Single rows after warm-up, in milliseconds; null when it was not asked for. */
  readonly latency: { readonly p50Ms: number; readonly p99Ms: number } | null;
}

export interface ScoreOrder extends ScoreTableOptions {
  readonly workspace: string;
}

const worker = ownProgram(import.meta.url, './worker/score.ts');

/**
 * Scores a table with an ONNX model in a child process that sees none of this one's environment, so that
 * neither a hostile nor a hungry model can harm more than itself.
 * Errors: E_MODEL_*, E_TABLE_*, E_NATIVE_MISSING.
 */
export async function scoreTable(workspace: Workspace, options: ScoreTableOptions): Promise<ScoreResult> {
  if (workspace.isolation === undefined) return score(workspace, options);
  // Another user reads copies in a folder that is theirs, and writes nowhere else.
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-scoring-'));
  try {
    chmodSync(folder, 0o777);
    const at = (name: string) => join(folder, name);
    copyFileSync(options.model, at('model.onnx'));
    copyFileSync(options.data, at('rows'));
    const { model, data } = options.names ?? { model: options.model, data: options.data };
    const staged = { model: at('model.onnx'), data: at('rows'), out: at('scores.parquet') };
    const result = await score(workspace, { ...options, ...staged, names: { model, data } });
    writeFileSync(options.out, readPlain(staged.out));
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a stranger's program wrote: never what a link of its making leads to. */
function readPlain(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

const score = (workspace: Workspace, options: ScoreTableOptions): Promise<ScoreResult> => {
  const order: ScoreOrder = { ...options, workspace: workspace.root };
  return askChild<ScoreResult>(worker, order, {
    cwd: workspace.isolation ? tmpdir() : workspace.root,
    env: bareEnvironment(),
    prefix: workspace.isolation?.prefix ?? [],
    timeoutMs: options.timeoutMs ?? 15 * 60_000,
    died: (how) => diedError(how, options.names?.model ?? options.model),
  });
};

function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LOCKSTEP_MODULES', 'SystemRoot', 'TMPDIR', 'TEMP'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

const diedError = (how: string, model: string): LockstepError =>
  new LockstepError('E_MODEL_RUN', {
    what: `scoring ended by ${how}`,
    where: { file: model },
    allowed: 'a model that scores the rows in the memory and time there is',
  });
