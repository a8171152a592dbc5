import { fileURLToPath } from 'node:url';
import {
  type ErrorCode,
  type ErrorParts,
  exitOf,
  LockstepError,
  spawnOwn,
  type Workspace,
} from '../workspace/index.ts';

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

export type ScoreAnswer =
  | { readonly ok: ScoreResult }
  | { readonly error: { readonly code: ErrorCode; readonly parts: ErrorParts } };

const worker = fileURLToPath(new URL('./worker/score.ts', import.meta.url));

/**
 * Scores a table with an ONNX model in a child process that sees none of this one's environment, so that
 * neither a hostile nor a hungry model can harm more than itself.
 * Errors: E_MODEL_*, E_TABLE_*, E_NATIVE_MISSING.
 */
export async function scoreTable(workspace: Workspace, options: ScoreTableOptions): Promise<ScoreResult> {
  const order: ScoreOrder = { ...options, workspace: workspace.root };
  const child = spawnOwn(worker, [JSON.stringify(order)], {
    cwd: workspace.root,
    env: bareEnvironment(),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 15 * 60_000);
  try {
    const [exit, out, err] = await Promise.all([exitOf(child), textOf(child.stdout!), textOf(child.stderr!)]);
    if (exit.code !== 0)
      throw diedError(exit.signal ?? `exit code ${exit.code}`, err, options.names?.model ?? options.model);
    const answer = JSON.parse(out) as ScoreAnswer;
    if ('ok' in answer) return answer.ok;
    throw new LockstepError(answer.error.code, answer.error.parts);
  } finally {
    clearTimeout(timer);
  }
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LOCKSTEP_MODULES', 'SystemRoot', 'TMPDIR', 'TEMP'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

const mostText = 1 << 20;

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < mostText) text += String(chunk);
  return text;
}

const diedError = (how: string, stderr: string, model: string): LockstepError =>
  new LockstepError('E_MODEL_RUN', {
    what: `scoring ended by ${how}${lastWords(stderr)}`,
    where: { file: model },
    allowed: 'a model that scores the rows in the memory and time there is',
  });

const lastWords = (stderr: string): string => {
  const line = /^\w*Error: .*$/m.exec(stderr)?.[0];
  return line ? ` (${line})` : '';
};
