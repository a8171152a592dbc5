import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Column, Table } from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';

/** One answered request, as the model server wrote it. */
export interface LoggedRequest {
  /** The caller's id, by which what came true is joined later; null when it gave none. */
  readonly id: string | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly model: string;
  readonly version: string;
  /** Raw column values as they were sent. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly score: number;
}

/**
 * Reads a prediction log: JSON lines, oldest first. A last line that isn't whole was torn off by a crash and is
 * left out; any other line that is no request is an error. Errors: E_MONITOR_DATA with its line.
 */
export async function readPredictionLog(path: string): Promise<LoggedRequest[]> {
  const requests: LoggedRequest[] = [];
  let held: { text: string; line: number } | null = null;
  let line = 0;
  for await (const text of linesOf(path)) {
    if (held) requests.push(parseLine(held.text, path, held.line));
    line++;
    held = text === '' ? null : { text, line };
  }
  if (!held) return requests;
  try {
    requests.push(parseLine(held.text, path, held.line));
  } catch {
    // The server was killed while it wrote: what is whole counts, the torn rest was never acknowledged.
  }
  return requests;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new LockstepError('E_MONITOR_DATA', {
      what: `cannot read the prediction log ${path} (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      fix: 'name a log that a model server wrote with --log',
      cause: error,
    });
  }
}

function parseLine(text: string, file: string, line: number): LoggedRequest {
  const refuse = (what: string): never => {
    throw new LockstepError('E_MONITOR_DATA', {
      what,
      where: { file, line },
      allowed: 'one JSON object a line with id, time, model, version, inputs and score',
    });
  };
  const value = jsonOf(text) ?? refuse('a line that is no JSON object');
  const { id = null, time, model, version, inputs, score } = value;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return refuse('a request without a time');
  if (typeof model !== 'string' || typeof version !== 'string') {
    return refuse('a request without model and version');
  }
  if (typeof score !== 'number') return refuse('a request without a score');
  if (inputs === null || typeof inputs !== 'object' || Array.isArray(inputs)) {
    return refuse('a request without inputs');
  }
  return {
    id: id === null ? null : String(id),
    time,
    model,
    version,
    inputs: inputs as Record<string, unknown>,
    score,
  };
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Logged requests as a table with the reference's input columns (same names, same types) and `row_id`, `time`
 * and `score`. A request asked again under the same id (a replay, a retry) counts once, with its last answer.
 */
export function requestTable(requests: readonly LoggedRequest[], like: Table): Table {
  const kept = lastById(requests);
  const columns = like.columns.map(({ name, type }): Column => {
    const cells = kept.map(({ inputs }) => (Object.hasOwn(inputs, name) ? inputs[name] : null));
    return type === 'number'
      ? { name, type, values: Float64Array.from(cells, numberOf) }
      : {
          name,
          type,
          values: cells.map((cell) =>
            cell === null || cell === undefined || cell === '' ? null : String(cell),
          ),
        };
  });
  return {
    rows: kept.length,
    columns: [
      ...columns,
      { name: 'row_id', type: 'text', values: kept.map(({ id }) => id) },
      { name: 'time', type: 'text', values: kept.map(({ time }) => time) },
      { name: 'score', type: 'number', values: Float64Array.from(kept, ({ score }) => score) },
    ],
  };
}

function lastById(requests: readonly LoggedRequest[]): LoggedRequest[] {
  const last = new Map(requests.map((request, index) => [request.id ?? index, index]));
  return requests.filter((request, index) => last.get(request.id ?? index) === index);
}

function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN;
}
