import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Table } from '../data/index.ts';
import { readPredictionLog, requestTable } from './prediction-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const request = (id: string | null, inputs: object, score: number) =>
  JSON.stringify({ id, time: '2001-03-01T10:00:00.000Z', model: 'm', version: 'v1.0.0', inputs, score });

function logOf(text: string): string {
  const path = join(folder, 'predictions.jsonl');
  writeFileSync(path, text);
  return path;
}

test('reads whole lines and leaves out a torn last one', async () => {
  const lines = [request('a', { x: 1 }, 0.5), request(null, { x: null }, 0.25)];
  const path = logOf(`${lines.join('\n')}\n${request('c', {}, 1).slice(0, 40)}`);
  expect(await readPredictionLog(path)).toEqual([
    {
      id: 'a',
      time: '2001-03-01T10:00:00.000Z',
      model: 'm',
      version: 'v1.0.0',
      inputs: { x: 1 },
      score: 0.5,
    },
    {
      id: null,
      time: '2001-03-01T10:00:00.000Z',
      model: 'm',
      version: 'v1.0.0',
      inputs: { x: null },
      score: 0.25,
    },
  ]);
  expect(await readPredictionLog(logOf(''))).toEqual([]);
});

test('says which line is broken where it is not the last', async () => {
  const path = logOf(`${request('a', {}, 1)}\n{"id":"b"}\n${request('c', {}, 1)}\n`);
  await expect(readPredictionLog(path)).rejects.toThrow(
    `E_MONITOR_DATA: a request without a time in ${path}:2 — one JSON object a line with id, time, model, version, inputs and score.`,
  );
});

test('says what to name when there is no log', async () => {
  await expect(readPredictionLog(join(folder, 'none'))).rejects.toThrow(
    `E_MONITOR_DATA: cannot read the prediction log ${join(folder, 'none')} (ENOENT). Fix: name a log that a model server wrote with --log.`,
  );
});

test('makes a table like the reference, each id once with its last answer', async () => {
  const like: Table = {
    rows: 0,
    columns: [
      { name: 'x', type: 'number', values: new Float64Array() },
      { name: 'city', type: 'text', values: [] },
    ],
  };
  const path = logOf(
    [
      request('a', { x: 1, city: 'Oslo' }, 0.1),
      request('b', { x: '2.5', city: '' }, 0.2),
      request('a', { x: true }, 0.3),
      request(null, { x: 'many', city: 7 }, 0.4),
    ].join('\n'),
  );
  const { rows, columns } = requestTable(await readPredictionLog(path), like);
  expect(rows).toBe(3);
  expect(columns.map(({ name, values }) => [name, ...values])).toEqual([
    ['x', 2.5, 1, Number.NaN],
    ['city', null, null, '7'],
    ['row_id', 'b', 'a', null],
    ['time', ...Array(3).fill('2001-03-01T10:00:00.000Z')],
    ['score', 0.2, 0.3, 0.4],
  ]);
});
