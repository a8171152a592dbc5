import { expect, test } from 'vitest';
import { openScorer } from '../model/index.ts';
import { OnnxGraph } from '../model/onnx-builder.ts';
import { type DatePart, datePartsOf, isDate } from './date-parts.ts';
import { datePartTensors } from './graph-dates.ts';
import { generator } from './synthetic-table.ts';

const parts: readonly DatePart[] = ['year', 'month', 'day', 'weekday', 'time', 'hour', 'minute', 'days'];

const bad = [
  '', 'yesterday', '2023-02-29', '1900-02-29', '2024-04-31', '2024-00-10', '2024-13-01', '2024-1-1', '24-01-01',
  '2024-01-01T24:00', '2024-01-01T10:60', '2024-01-01T10:20:60', '2024-01-01T', '2024-01-01 10', '2024-01-01t10:20',
  '2024-01-01T10:20:30+2', ' 2024-01-01', '2024-01-01 ', '2024-01-01T10:20 ', '2024/01/01', '01.02.2024',
  '2024-01-01T10:20:30.', '２０２４-01-01', '2024-01-01\n', 'T', '-', ':', '2024-01-01T10:20T10:20',
]; // biome-ignore format: a list to read

const good = [
  '2024-02-29', '2000-02-29', '0000-01-01', '9999-12-31', '2024-01-01T10:20', '2024-01-01T10:20Z',
  '2024-01-01T10:20+02:00', '2024-01-01 10:20-05:00', '2024-01-01T10:20:30Z', '2024-01-01 23:59:59.123+0530',
  '2024-01-01T00:00:00.000000Z',
]; // biome-ignore format: a list to read

/** As JavaScript's own calendar reads the clock time, whatever the zone. */
function expected(text: string, part: DatePart): number {
  const iso = `${text.slice(0, 10)}T${(text.slice(11, 16) || '00:00').padEnd(5, '0')}:00Z`;
  const date = new Date(iso);
  const time = date.getUTCHours() * 60 + date.getUTCMinutes();
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    time,
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    days: Math.floor(date.getTime() / 86_400_000),
  }[part];
}

function manyDates(): string[] {
  const random = generator(5);
  return Array.from({ length: 3000 }, (_, index) => {
    const iso = new Date(Math.floor(random() * 32768) * 7.9e9 * 0.2 - 3e13 + index * 6e4).toISOString();
    return [iso, iso.slice(0, 10), iso.slice(0, 16), iso.replace('T', ' '), iso.slice(0, 19)][index % 5]!;
  }).filter((text) => /^\d{4}-/.test(text));
}

test('good and bad texts are told apart', () => {
  expect(bad.filter(isDate)).toEqual([]);
  expect(good.filter((text) => !isDate(text))).toEqual([]);
});

test('the parts are those of the calendar', () => {
  const texts = [...good, ...manyDates()];
  expect(texts.length).toBeGreaterThan(2900);
  const read = datePartsOf(texts);
  for (const part of parts) {
    expect(Array.from(read[part])).toEqual(texts.map((text) => expected(text, part)));
  }
});

test('the graph reads each part as we do, bad texts among the good', async () => {
  const texts = [...bad, ...good, ...manyDates()];
  const table = { rows: texts.length, columns: [{ name: 'when', type: 'text' as const, values: texts }] };
  const own = datePartsOf(texts);
  for (const part of parts) {
    const graph = new OnnxGraph('dates');
    graph.output('score', datePartTensors(graph, graph.input('when', 'string'))[part], 'float');
    const scorer = await openScorer(graph.toBytes({}));
    const scores = await scorer.score(table);
    await scorer.release();
    expect(Array.from(scores), part).toEqual(Array.from(own[part]));
    expect(Array.from(scores.slice(0, bad.length)).every(Number.isNaN)).toBe(true);
  }
});
