import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPredictionLog } from './prediction-log.ts';
import type { ServedMetadata } from './served-files.ts';

const metadata = { model: 'toy', version: 'v1.0.0' } as ServedMetadata;
const entry = { id: 'b', time: '2026-01-02T03:04:05.000Z', row: { x: 1 }, score: 0.5 };
const line =
  '{"id":"b","time":"2026-01-02T03:04:05.000Z","model":"toy","version":"v1.0.0","inputs":{"x":1},"score":0.5}\n';
const file = () => join(mkdtempSync(join(tmpdir(), 'lockstep-log-')), 'log.jsonl');

it('appends after the whole lines that a killed server left, for its owner only', async () => {
  const path = file();
  writeFileSync(path, `${'whole\n'.repeat(20_000)}{"id":"to`);
  const log = openPredictionLog(path, metadata);
  log.append(entry);
  await log.flush();
  expect(readFileSync(path, 'utf8')).toBe(`${'whole\n'.repeat(20_000)}${line}`);

  const torn = file();
  writeFileSync(torn, 'x'.repeat(200_000));
  openPredictionLog(torn, metadata).flushNow();
  expect(readFileSync(torn, 'utf8')).toBe('');

  const fresh = file();
  const first = openPredictionLog(fresh, metadata);
  first.append(entry);
  first.append(entry);
  first.flushNow();
  expect(readFileSync(fresh, 'utf8')).toBe(line + line);
  expect(statSync(fresh).mode & 0o777).toBe(0o600);
});

it('goes on without the disk', async () => {
  const log = openPredictionLog('/dev/full', metadata);
  log.append(entry);
  await log.flush();
  log.append(entry);
  log.flushNow();
});
