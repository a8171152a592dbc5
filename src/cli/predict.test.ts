import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyScore } from '../../test/toy-model.ts';
import { startServer, toyFolder, untilReady } from '../../test/toy-server.ts';
import { column, readTable } from '../data/index.ts';
import { openWorkspace } from '../workspace/index.ts';
import { command } from './predict.ts';

describe('lockstep predict', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'lockstep-predict-'));
  writeFileSync(join(cwd, 'lockstep.yaml'), 'environments: [dev]\n');
  const header = 'flight,distance,carrier,date,late\n';
  writeFileSync(join(cwd, 'june.csv'), `${header}F1,100,AA,2001-06-01,yes\nF2,,DL,2001-06-02,no\n`);
  writeFileSync(join(cwd, 'july.csv'), `${header}F3,300,,2001-07-01,no\nF4,400,ZZ,2001-07-02,no\n`);
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    server = await startServer(toyFolder({ unknown: 'error' }));
    await untilReady(server.url);
  });
  afterAll(async () => {
    await server.stop();
  });
  const predict = (values: Record<string, string | string[]>, positionals: string[] = []) =>
    command.run({
      workspace: openWorkspace(cwd),
      cwd,
      positionals,
      values: { to: server.url, ...values },
      json: true,
    });

  it('sends the columns the model takes, of several tables, and writes the scores', async () => {
    const result = await predict(
      { data: ['june.csv', 'july.csv'], rows: '3', 'id-column': 'flight', out: 'scores.parquet' },
      ['toy'],
    );
    const scores = [toyScore(100, 'AA', '2'), toyScore(null, 'DL', '2'), toyScore(300, null, '2')];
    const mean = (scores[0]! + scores[1]! + scores[2]!) / 3;
    expect(result.json).toMatchObject({
      model: 'toy',
      version: 'v1.0.0',
      rows: 3,
      answered: 3,
      errors: 0,
      meanScore: expect.closeTo(mean, 6),
    });
    expect(result.text).toMatch(/^toy v1\.0\.0 answered 3 rows in \d+\.\d s; mean score 0\.\d{6}$/);
    const written = await readTable(join(cwd, 'scores.parquet'));
    expect(column(written, 'row_id').values).toEqual(['F1', 'F2', 'F3']);
    expect(column(written, 'score').values[2]).toBeCloseTo(scores[2]!, 6);
  });

  it.each<[string, Record<string, string | string[]>, string[]]>([
    ['rows that are refused', { data: ['june.csv', 'july.csv'], last: '2' }, []],
    ['another model', { data: ['june.csv'] }, ['other']],
    ['nobody there', { data: ['june.csv'], to: 'http://127.0.0.1:9' }, []],
    ['an address that is none', { data: ['june.csv'], to: 'production' }, []],
    ['no data', {}, []],
    ['rows and last', { data: ['june.csv'], rows: '1', last: '1' }, []],
    ['a count that is none', { data: ['june.csv'], rows: '0' }, []],
  ])('refuses %s', async (_what, values, positionals) => {
    const message = await predict(values, positionals).then(
      () => 'no error',
      (error: Error) => error.message.replaceAll(server.url, '<url>'),
    );
    expect(message).toMatchSnapshot();
  });
});
