import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readLock, statusData } from '../data/index.ts';
import { dateSource, fetchUrl, isDue, readLineage } from '../data/sources/index.ts';
import { messageOf, testWorkspace, writeInto } from '../data/test-workspace.ts';
import { parseConfiguration, parseYaml, type Source, type Workspace } from '../workspace/index.ts';
import { isOrdered } from './refresh/sql-order.ts';
import { type Refreshed, type RefreshOptions, refreshData } from './refresh.ts';

const key = 'churn/customers.csv';
const now = new Date('2026-11-27T05:00:00Z');
const table = 'id,late\n1,0\n2,1\n';

const withSources = (workspace: Workspace, sources: Readonly<Record<string, Source>>): Workspace => ({
  ...workspace,
  configuration: { ...workspace.configuration, sources },
});
const refresh = (workspace: Workspace, options: RefreshOptions = {}) =>
  refreshData(workspace, { now, ...options });
const said = (results: readonly Refreshed[]) =>
  results.map((one) => (one.state === 'failed' ? `${one.key} ${one.error.code}` : `${one.key} ${one.state}`));
/** Everything that a refresh may write, by its bytes. */
const written = ({ root }: Workspace) =>
  Object.fromEntries(
    ['data.lock', 'data.sources.json', `data/${key}`].map((path) => [
      path,
      existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null,
    ]),
  );
const leftOvers = ({ root }: Workspace) =>
  readdirSync(join(root, '.lockstep/work')).concat(
    existsSync(join(root, '.lockstep/store/incoming'))
      ? readdirSync(join(root, '.lockstep/store/incoming'))
      : [],
  );

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a file by https: fetched, asked for by its ETag, fetched again when it changes', async () => {
  let content = table;
  const asked: string[] = [];
  const url = await serve((request, response) => {
    const etag = `"${content.length}"`;
    const same = request.headers['if-none-match'] === etag;
    asked.push(`${request.url} ${same ? 304 : 200} ${request.headers.authorization}`);
    response.writeHead(same ? 304 : 200, { etag }).end(same ? undefined : content);
  });
  process.env.DATA_TOKEN = 'secret';
  onTestFinished(() => void delete process.env.DATA_TOKEN);
  const source: Source = { url: `${url}/{date}.csv`, bearer: 'DATA_TOKEN', licence: 'CC0-1.0' };
  const workspace = withSources(testWorkspace(), { [key]: source });
  expect(said(await refresh(workspace, { dryRun: true }))).toEqual([`${key} added`]);
  expect(written(workspace)).toEqual({ 'data.lock': null, 'data.sources.json': null, [`data/${key}`]: null });
  expect(said(await refresh(workspace))).toEqual([`${key} added`]);
  const before = written(workspace);
  expect(before[`data/${key}`]).toBe(table);
  const { digest } = readLock(workspace).entries[0]!;
  expect(readLineage(workspace)[key]).toEqual({
    kind: 'url',
    asked: `${url}/2026-11-27.csv`,
    date: '2026-11-27',
    fetched: '2026-11-27T05:00:00.000Z',
    etag: '"16"',
    source: dateSource(key, source, {}).digest,
    digest,
    licence: 'CC0-1.0',
    rows: 2,
    columns: [
      ['id', 'number'],
      ['late', 'number'],
    ],
  });
  const later = new Date('2026-11-27T20:00:00Z');
  expect(said(await refresh(workspace, { now: later }))).toEqual([`${key} unchanged`]);
  // Another day is another address: the same bytes there are no news either.
  expect(said(await refresh(workspace, { day: '2026-11-26', now: later }))).toEqual([`${key} unchanged`]);
  expect(written(workspace)).toEqual(before);
  content = 'id,late,why\n1,0,x\n2,1,y\n3,no,z\n';
  const [changed] = await refresh(workspace);
  expect(changed).toMatchObject({
    state: 'updated',
    before: { digest },
    changes: ['2 rows, now 3', 'columns new: why', 'column late is text now'],
  });
  expect((await statusData(workspace)).datasets[0]!.state).toBe('same');
  expect(asked.slice(1)).toEqual([
    '/2026-11-27.csv 200 Bearer secret',
    '/2026-11-27.csv 304 Bearer secret',
    '/2026-11-26.csv 200 Bearer secret',
    '/2026-11-27.csv 200 Bearer secret',
  ]);
  expect(leftOvers(workspace)).toEqual([]);
});

const page = '<!DOCTYPE html><title>Log in</title>';
test.each<[string, RequestListener, string]>([
  [
    'a page by its type',
    (_, to) => void to.setHeader('content-type', 'text/html').end(table),
    'E_REMOTE_NOT_DATA',
  ],
  ['a page by its bytes', (_, to) => void to.end(page), 'E_REMOTE_NOT_DATA'],
  [
    'a cut answer',
    (_, to) => void to.setHeader('content-length', 99).write(table, () => to.destroy()),
    'E_REMOTE_FAILED',
  ],
  ['nothing', (_, to) => void to.end(), 'E_TABLE_EMPTY'],
  ['no table', (_, to) => void to.end('a,b\n"1'), 'E_TABLE_FORMAT'],
  ['no file', (_, to) => void to.writeHead(404).end(), 'E_OBJECT_MISSING'],
  ['no entry', (_, to) => void to.writeHead(403).end(), 'E_REMOTE_CREDENTIALS'],
  ['304 to no question', (_, to) => void to.writeHead(304).end(), 'E_REMOTE_FAILED'],
  [
    'a way into this network',
    (_, to) => void to.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    'E_REMOTE_REDIRECT',
  ],
])('%s instead of data changes nothing', async (_, answer, code) => {
  const url = await serve((request, response) =>
    request.url === '/good' ? response.end(table) : answer(request, response),
  );
  const workspace = testWorkspace();
  await refresh(withSources(workspace, { [key]: { url: `${url}/good` } }));
  const before = written(workspace);
  const sources = { [key]: { url: `${url}/bad` }, 'other.csv': { url: `${url}/good` } };
  expect(await messageOf(() => refresh(withSources(workspace, { [key]: sources[key]! })))).toMatch(
    `${code}: `,
  );
  expect(written(workspace)).toEqual(before);
  // The other sources are refreshed all the same.
  expect(said(await refresh(withSources(workspace, sources)))).toEqual([`${key} ${code}`, 'other.csv added']);
  expect([written(workspace)[`data/${key}`], leftOvers(workspace)]).toEqual([table, []]);
});

test('more bytes than are taken', async () => {
  const asked = await serve((_, response) => response.end('x'.repeat(100)));
  const target = join(testWorkspace().root, 'x');
  expect(await messageOf(() => fetchUrl({ asked, declared: {} }, target, { etag: null, most: 99 }))).toMatch(
    'E_REMOTE_TOO_LARGE',
  );
  expect(
    await messageOf(() => fetchUrl({ asked: 'http://example.com/x', declared: {} }, target, { etag: null })),
  ).toMatch('E_REMOTE_SCHEME');
});

test('a bucket: the day in its address, one object for a file, all below it for a folder', async () => {
  const workspace = withSources(
    testWorkspace({
      'lake/2026-11-26/part.csv': table,
      'lake/2026-11-27/a.csv': 'a\n1\n',
      'lake/2026-11-27/deep/b.csv': 'b\n1\n',
    }),
    {
      [key]: { bucket: 'file:lake/{date}/', date: 'yesterday' },
      'parts/': { bucket: 'file:lake/{date}/' },
      'named.csv': { bucket: 'file:lake/{date}/a.csv' },
    },
  );
  const { root } = workspace;
  expect(said(await refresh(workspace))).toEqual([`${key} added`, 'named.csv added', 'parts/ added']);
  expect(readFileSync(join(root, 'data/parts/deep/b.csv'), 'utf8')).toBe('b\n1\n');
  expect(readLineage(workspace)[key]).toMatchObject({ asked: 'file:lake/2026-11-26/', date: '2026-11-26' });
  expect(said(await refresh(workspace))).toEqual([
    `${key} unchanged`,
    'named.csv unchanged',
    'parts/ unchanged',
  ]);
  rmSync(join(root, 'lake/2026-11-27/deep'), { recursive: true });
  expect(said(await refresh(workspace, { only: ['data/parts'] }))).toEqual(['parts/ updated']);
  expect((await statusData(workspace)).datasets.map(({ state }) => state)).toEqual(['same', 'same', 'same']);
  expect(await messageOf(() => refresh(workspace, { only: [key], day: '2026-11-25' }))).toMatch(
    'E_OBJECT_MISSING',
  );
  writeInto(root, 'lake/2026-11-26/more.csv', table);
  expect(await messageOf(() => refresh(workspace, { only: [key] }))).toMatch(
    'E_DATA_KIND: 2 objects lie below',
  );
  writeInto(root, 'lake/2026-11-27/.git/config', 'x');
  expect(await messageOf(() => refresh(workspace, { only: ['parts/'] }))).toMatch('E_PATH_RESERVED');
});

test.each<[string, Partial<Source>, string]>([
  [
    'fails after half of it',
    { command: 'printf half > "$LOCKSTEP_OUTPUT"; echo no such table >&2; exit 3' },
    'ended with 3, saying: no such table',
  ],
  ['writes nothing', { command: 'true' }, 'E_TABLE_EMPTY'],
  ['leaves a link', { command: 'ln -s /etc/passwd "$LOCKSTEP_OUTPUT"' }, 'E_DATA_KIND'],
  ['makes a folder', { command: 'mkdir "$LOCKSTEP_OUTPUT" && echo 1 > "$LOCKSTEP_OUTPUT/x"' }, 'is a folder'],
  ['takes too long', { command: 'sleep 60', timeout: '1s' }, 'was stopped after 1s'],
  ['is none', { command: 'no-such-program' }, 'ended with 127'],
])('a command that %s changes nothing', async (_, source, message) => {
  const workspace = testWorkspace();
  await refresh(withSources(workspace, { [key]: { command: `printf 'a\\n1\\n' > "$LOCKSTEP_OUTPUT"` } }));
  const before = written(workspace);
  expect(await messageOf(() => refresh(withSources(workspace, { [key]: source })))).toMatch(message);
  expect([written(workspace), leftOvers(workspace)]).toEqual([before, []]);
});

test('a command sees its day and what it is given, and nothing else of the host', async () => {
  process.env.GIVEN = 'yes';
  process.env.SECRET_OF_THE_HOST = 'no';
  onTestFinished(() => void [delete process.env.GIVEN, delete process.env.SECRET_OF_THE_HOST]);
  const command = `mkdir -p "$LOCKSTEP_OUTPUT" && echo "$LOCKSTEP_DATE {date} $GIVEN [$SECRET_OF_THE_HOST]" > "$LOCKSTEP_OUTPUT/x"`;
  const workspace = withSources(testWorkspace(), { 'raw/': { command, env: ['GIVEN'] } });
  await refresh(workspace, { day: '2026-02-28' });
  expect(readFileSync(join(workspace.root, 'data/raw/x'), 'utf8')).toBe('2026-02-28 2026-02-28 yes []\n');
});

test("what lies under data/ by somebody's own hand stays", async () => {
  const source: Source = { bucket: 'file:in/x.csv' };
  const workspace = withSources(testWorkspace({ 'in/x.csv': table, [`data/${key}`]: 'mine' }), {
    [key]: source,
  });
  expect(await messageOf(() => refresh(workspace))).toMatch('E_DATA_CHANGED: something else lies at');
  rmSync(join(workspace.root, 'data'), { recursive: true });
  await refresh(workspace);
  writeInto(workspace.root, `data/${key}`, 'edited');
  writeInto(workspace.root, 'in/x.csv', 'a\n5\n');
  const before = written(workspace);
  expect(await messageOf(() => refresh(workspace))).toMatch(
    'E_DATA_CHANGED: data/churn/customers.csv was changed here',
  );
  expect(written(workspace)).toEqual(before);
});

test('a refresh that was cut between lineage and lock is done by the next', async () => {
  const workspace = withSources(testWorkspace({ 'in/x.csv': table }), { [key]: { bucket: 'file:in/x.csv' } });
  await refresh(workspace);
  const lock = readFileSync(join(workspace.root, 'data.lock'));
  writeInto(workspace.root, 'in/x.csv', 'a\n5\n');
  await refresh(workspace);
  const whole = written(workspace);
  writeFileSync(join(workspace.root, 'data.lock'), lock);
  expect(said(await refresh(workspace))).toEqual([`${key} updated`]);
  expect(written(workspace)).toEqual(whole);
  // Locked by hand before it had a source: the same bytes are known by it from then on.
  rmSync(join(workspace.root, 'data.sources.json'));
  expect(said(await refresh(workspace))).toEqual([`${key} recorded`]);
  expect(written(workspace)).toEqual(whole);
});

test('two at once: one waits for the other, and finds nothing left to do', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests++;
    setTimeout(() => response.end(table), 200);
  });
  const workspace = withSources(testWorkspace(), { [key]: { url } });
  const both = await Promise.all([refresh(workspace), refresh(workspace)]);
  expect(both.flatMap(said).sort()).toEqual([`${key} added`, `${key} unchanged`]);
  expect([requests, leftOvers(workspace)]).toEqual([2, []]);
});

test('which sources are meant, and when they are due', async () => {
  const workspace = withSources(testWorkspace({ 'x.csv': table }), {
    [key]: { bucket: 'file:x.csv', schedule: 'weekly' },
    'b.csv': { bucket: 'file:x.csv', schedule: 'never' },
  });
  expect(await refresh(workspace, { scheduled: true })).toEqual([]);
  const monday = new Date('2026-11-30T05:00:00Z');
  expect(said(await refresh(workspace, { scheduled: true, now: monday }))).toEqual([`${key} added`]);
  expect([isDue({ schedule: 'monthly' }, new Date('2026-12-01T00:00:00Z')), isDue({}, now)]).toEqual([
    true,
    true,
  ]);
  expect(await messageOf(() => refresh(workspace, { only: ['churn/customer.csv'] }))).toMatch(
    'did you mean "churn/customers.csv"?',
  );
  expect(await messageOf(() => dateSource(key, { bucket: 'file:{date}/' }, { day: '2026-02-30' }))).toMatch(
    'E_CONFIG_VALUE: the date "2026-02-30"',
  );
});

test.each([
  ['{url: "https://x.example/a", sql: "SELECT 1"}', 'exactly one of url, bucket, sql, command'],
  ['{url: "https://me:secret@x.example/a"}', 'without a user and password'],
  ['{url: "https://x.example/a", timeout: 5m}', 'command'],
  ['{command: x, env: ["A=B"]}', 'the name of an environment variable'],
  ['{urls: x}', 'did you mean "url"?'],
])('the source %s is refused', async (source, message) => {
  const file = parseYaml(`sources:\n  ${key}: ${source}\n`, 'lockstep.yaml');
  expect(await messageOf(() => parseConfiguration(file))).toMatch(message);
});

test('a query must say the order of its rows', async () => {
  expect(isOrdered("SELECT ')' FROM t ORDER  BY 1")).toBe(true);
  for (const sql of [
    'SELECT * FROM t',
    'SELECT * FROM (SELECT * FROM t ORDER BY 1)',
    'SELECT \'order by\' AS "order by" -- order by 1',
    'SELECT $$ order by $$ /* order by */',
  ])
    expect(isOrdered(sql), sql).toBe(false);
  const sql = 'SELECT 1 AS a';
  const workspace = (name: string, query: string) => withSources(testWorkspace(), { [name]: { sql: query } });
  expect(await messageOf(() => refresh(workspace('a.csv', sql)))).toMatch('a key that ends in .parquet');
  expect(await messageOf(() => refresh(workspace('a.parquet', sql)))).toMatch('add ORDER BY');
});
