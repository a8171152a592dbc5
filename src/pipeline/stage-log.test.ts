import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStageLog } from './stage-log.ts';

const logIn = () => join(mkdtempSync(join(tmpdir(), 'lockstep-log-')), 'stage.log');

test('lines come whole, whatever the chunks, and a redrawn line as it stood last', () => {
  const path = logIn();
  const lines: string[] = [];
  const log = openStageLog(path, (line) => lines.push(line));
  const text = Buffer.from('one\ntwö\r\n 1 %\r 2 %\nlast');
  for (const byte of text) log.write('stdout', Buffer.of(byte));
  log.write('stderr', Buffer.from('beside\n'));
  expect(log.end()).toEqual(['one', 'twö', ' 2 %', 'beside', 'last']);
  expect(lines).toEqual(['one', 'twö', ' 2 %', 'beside', 'last']);
  expect(readFileSync(path, 'utf8')).toBe('one\ntwö\n 2 %\nbeside\nlast\n');
});

test('a gigabyte on one line costs a line', () => {
  const path = logIn();
  const log = openStageLog(path, () => {});
  const chunk = Buffer.alloc(1 << 20, 'x');
  for (let index = 0; index < 1024; index++) log.write('stdout', chunk);
  log.write('stdout', Buffer.from('\nafter\n'));
  const [long, after] = log.end();
  expect(long).toBe(`${'x'.repeat(4000)}… (${2 ** 30 - 4000} more characters on this line)`);
  expect(after).toBe('after');
  expect(statSync(path).size).toBeLessThan(5000);
});

test('the file is capped with a note, its last lines are still known', () => {
  const path = logIn();
  const log = openStageLog(path, () => {});
  for (let index = 0; index < 100_000; index++) log.write('stdout', Buffer.from(`${'y'.repeat(99)}\n`));
  log.write('stderr', Buffer.from('the reason\n'));
  expect(log.end().at(-1)).toBe('the reason');
  expect(statSync(path).size).toBeLessThan(8 * 1024 * 1024 + 200);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n').at(-1)).toMatchInlineSnapshot(
    `"… the log is cut here, at 8388608 bytes; the stage went on"`,
  );
});
