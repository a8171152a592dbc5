import type { IncomingMessage } from 'node:http';
import { malformed, unacceptable } from './http-error.ts';
import { mostRows, type Prediction, predict, type Row } from './prediction.ts';
import type { PredictionLog } from './prediction-log.ts';
import { isObject, readBody } from './request-body.ts';
import type { ServedModel } from './served-model.ts';

export interface PredictAnswer {
  readonly model: string;
  readonly version: string;
  readonly predictions: readonly Prediction[];
}

/**
 * `POST /predict`: one row `{column: value, …, id?}`, or `{rows: [row, …], ids?: [id, …], id?}`. A row's own id
 * names it in the answer and in the log; else the body's, else the header `x-request-id`; else it gets one.
 */
export async function answerPredict(
  model: ServedModel,
  request: IncomingMessage,
  log: PredictionLog | null,
): Promise<PredictAnswer> {
  const body = await readBody(request);
  const outer = idOf(request.headers['x-request-id']);
  const { rows, ids } = Array.isArray(body.rows)
    ? severalRows(model, body, outer)
    : splitRow(model, body, outer);
  const { model: name, version } = model.metadata;
  return { model: name, version, predictions: await predict(model, rows, ids, log) };
}

interface AskedRows {
  readonly rows: Row[];
  readonly ids: (string | undefined)[];
}

function severalRows(model: ServedModel, body: Row, outer: string | undefined): AskedRows {
  const { rows: items, ids: names, id, ...others } = body as { rows: unknown[]; ids?: unknown; id?: unknown };
  const stranger = Object.keys(others)[0];
  if (stranger !== undefined) throw malformed(`unknown key "${stranger.slice(0, 100)}" beside "rows"`);
  if (items.length === 0 || items.length > mostRows) {
    throw unacceptable(`${items.length} rows; 1 to ${mostRows} are allowed in a request`);
  }
  if (names !== undefined && !(Array.isArray(names) && names.length === items.length)) {
    throw malformed('"ids" is no list of one id a row');
  }
  const group = idOf(id) ?? outer;
  const asked: AskedRows = { rows: [], ids: [] };
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) throw malformed(`row ${index} is no object`);
    const numbered = group === undefined || items.length === 1 ? group : `${group}/${index}`;
    const { rows, ids } = splitRow(model, item, idOf((names as unknown[] | undefined)?.[index]) ?? numbered);
    asked.rows.push(rows[0]!);
    asked.ids.push(ids[0]);
  }
  return asked;
}

/** Takes the id out of a row, unless the model has an input of that name. */
function splitRow(model: ServedModel, item: Row, fallback: string | undefined): AskedRows {
  if (!Object.hasOwn(item, 'id') || model.file.inputs.some(({ name }) => name === 'id')) {
    return { rows: [item], ids: [fallback] };
  }
  const { id, ...row } = item;
  return { rows: [row], ids: [idOf(id) ?? fallback] };
}

const mostIdLength = 200;

function idOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id === 'string' && id.length > 0 && id.length <= mostIdLength) return id;
  throw malformed(`an id is a text of 1 to ${mostIdLength} characters, or a number`);
}
