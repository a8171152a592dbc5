import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lastRequests } from './prediction-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (lines: readonly string[]): string => {
  const path = join(folder, 'predictions.jsonl');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};
const line = (id: number) =>
  JSON.stringify({ id: String(id), inputs: { text: 'é'.repeat(id % 300) }, score: 0 });

test.each([1, 7, 200, 4999, 5000, 9000])(
  'the last %i of 5000 lines over several chunks, oldest first',
  (count) => {
    const path = write(Array.from({ length: 5000 }, (_, id) => line(id)));
    const expected = Array.from({ length: Math.min(count, 5000) }, (_, at) =>
      String(5000 - Math.min(count, 5000) + at),
    );
    const found = lastRequests(path, count);
    expect(found.map(({ id }) => id)).toEqual(expected);
    expect(found.at(-1)!.inputs).toEqual({ text: 'é'.repeat(4999 % 300) });
  },
);

test('no log is no requests, and a line cut short by a crash is passed over', () => {
  expect(lastRequests(join(folder, 'none.jsonl'), 10)).toEqual([]);
  expect(lastRequests(write([line(1), line(2).slice(0, 12), line(3)]), 10).map(({ id }) => id)).toEqual([
    '1',
    '3',
  ]);
});
