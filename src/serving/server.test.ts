import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyScore } from '../../test/toy-model.ts';
import { startServer, toyFolder, toyGolden, untilReady } from '../../test/toy-server.ts';
import { askGolden } from './ask-golden.ts';
import { predictRows } from './predict-rows.ts';

const row = { distance: 100, carrier: 'AA', date: '2001-01-02' };

const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  return { status: response.status, body: (await response.json()) as any };
};

describe('a served model', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let log = '';
  beforeAll(async () => {
    const folder = toyFolder({ unknown: 'error' });
    log = join(folder, 'logs/predictions.jsonl');
    server = await startServer(folder, ['--log', log]);
    await untilReady(server.url);
  });
  afterAll(async () => {
    await server.stop();
  });
  const ask = (path: string, body: unknown, headers?: Record<string, string>) =>
    post(server.url + path, body, headers);
  const get = async (path: string) => {
    const response = await fetch(server.url + path);
    return { status: response.status, body: await response.json() };
  };

  it('tells its health and what it serves', async () => {
    expect(await get('/v2/health/live')).toEqual({ status: 200, body: { live: true } });
    expect(await get('/v2/health/ready')).toEqual({ status: 200, body: { live: true } });
    expect(await get('/v2')).toEqual({
      status: 200,
      body: { name: 'lockstep', version: '1', extensions: [] },
    });
    expect(await get('/v2/models/toy/ready')).toEqual({ status: 200, body: { name: 'toy', ready: true } });
    const { body } = await get('/v2/models/toy/versions/v1.0.0');
    expect(body).toEqual({
      name: 'toy',
      versions: ['v1.0.0'],
      platform: 'onnx_onnxv1',
      inputs: [
        { name: 'distance', datatype: 'FP32', shape: [-1, 1] },
        { name: 'carrier', datatype: 'BYTES', shape: [-1, 1] },
        { name: 'date', datatype: 'BYTES', shape: [-1, 1] },
      ],
      outputs: [{ name: 'score', datatype: 'FP32', shape: [-1, 1] }],
      parameters: { version: 'v1.0.0', model_digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
    expect((await get('/metadata')).body).toMatchObject({
      model: 'toy',
      threshold: 0.7,
      output: { name: 'late' },
    });
  });

  it('answers one row, and rows with ids of their own', async () => {
    const score = expect.closeTo(toyScore(100, 'AA', '2001'), 6);
    expect(await ask('/predict', { ...row, id: 'one' })).toEqual({
      status: 200,
      body: { model: 'toy', version: 'v1.0.0', predictions: [{ id: 'one', score, prediction: true }] },
    });
    const headed = await ask('/predict', row, { 'x-request-id': 'two' });
    expect(headed.body.predictions[0].id).toBe('two');
    const sparse = { date: '2001-01-02', carrier: 'UA', distance: null };
    const { body } = await ask('/predict', { rows: [{ ...row, id: 7 }, sparse], id: 'group' });
    expect(body.predictions).toEqual([
      { id: '7', score, prediction: true },
      { id: 'group/1', score: expect.closeTo(toyScore(null, 'UA', '2001'), 6), prediction: false },
    ]);
    const named = await ask('/predict', { rows: [row, row], ids: ['a', 'b'] });
    expect(named.body.predictions.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
  });

  it('speaks the open inference protocol, flat and nested', async () => {
    const inputs = [
      { name: 'date', shape: [2, 1], datatype: 'BYTES', data: [['2001-01-02'], ['2001-01-02']] },
      { name: 'carrier', shape: [2], datatype: 'BYTES', data: ['AA', ''] },
      { name: 'distance', shape: [2, 1], datatype: 'INT16', data: [100, 200] },
    ];
    expect(await ask('/v2/models/toy/infer', { id: 'q', inputs, outputs: [{ name: 'score' }] })).toEqual({
      status: 200,
      body: {
        model_name: 'toy',
        model_version: 'v1.0.0',
        id: 'q',
        outputs: [
          {
            name: 'score',
            shape: [2, 1],
            datatype: 'FP32',
            data: [expect.closeTo(toyScore(100, 'AA', '2'), 6), expect.closeTo(toyScore(200, null, '2'), 6)],
          },
        ],
      },
    });
  });

  const tensor = { name: 'date', shape: [1], datatype: 'BYTES', data: ['2001-01-02'] };
  const number = { name: 'distance', shape: [1], datatype: 'FP32', data: [5] };
  it.each<[string, string, unknown]>([
    ['no JSON', '/predict', '{"distance": 1,}'],
    ['an empty body', '/predict', ''],
    ['a list', '/predict', [1]],
    ['an unknown column', '/predict', { ...row, distanse: 1 }],
    ['a missing column', '/predict', { carrier: 'AA' }],
    ['a column that may not be null', '/predict', { ...row, date: null }],
    ['a column that may not be empty', '/predict', { ...row, date: '' }],
    ['a wrong type', '/predict', { ...row, distance: 'far' }],
    ['a value out of range', '/predict', { ...row, distance: 6001 }],
    ['a number too large', '/predict', '{"date": "2001-01-02", "distance": 1e400}'],
    ['a category never seen', '/predict', { ...row, carrier: 'ZZ' }],
    ['a bad row among rows', '/predict', { rows: [row, { ...row, carrier: 'ZZ' }] }],
    ['a row that is no object', '/predict', { rows: [row, 5] }],
    ['no rows', '/predict', { rows: [] }],
    ['too many rows', '/predict', { rows: Array(4097).fill({}) }],
    ['a key beside rows', '/predict', { rows: [row], column: 1 }],
    ['ids that do not fit', '/predict', { rows: [row], ids: [] }],
    ['an id that is none', '/predict', { ...row, id: {} }],
    ['a body over 1 MiB', '/predict', `{"date": "${'x'.repeat(1 << 20)}"}`],
    ['no inputs', '/v2/models/toy/infer', {}],
    ['an input nobody knows', '/v2/models/toy/infer', { inputs: [{ ...tensor, name: 'dat' }] }],
    ['an input twice', '/v2/models/toy/infer', { inputs: [tensor, tensor] }],
    ['a shape of two columns', '/v2/models/toy/infer', { inputs: [{ ...tensor, shape: [1, 2] }] }],
    ['no shape', '/v2/models/toy/infer', { inputs: [{ ...tensor, shape: undefined }] }],
    ['too few values', '/v2/models/toy/infer', { inputs: [{ ...tensor, shape: [2, 1] }] }],
    [
      'rows that differ',
      '/v2/models/toy/infer',
      { inputs: [tensor, { ...number, shape: [2], data: [1, 2] }] },
    ],
    [
      'a datatype nobody knows',
      '/v2/models/toy/infer',
      { inputs: [tensor, { ...number, datatype: 'FP16' }] },
    ],
    [
      'a number as text',
      '/v2/models/toy/infer',
      { inputs: [tensor, { ...number, datatype: 'BYTES', data: ['5'] }] },
    ],
    [
      'a value beyond its datatype',
      '/v2/models/toy/infer',
      { inputs: [tensor, { ...number, datatype: 'INT8', data: [128] }] },
    ],
    [
      'binary data',
      '/v2/models/toy/infer',
      { inputs: [{ ...tensor, data: undefined, parameters: { binary_data_size: 14 } }] },
    ],
    ['an output nobody has', '/v2/models/toy/infer', { inputs: [tensor], outputs: [{ name: 'label' }] }],
    ['another model', '/v2/models/other/infer', { inputs: [tensor] }],
    ['another version', '/v2/models/toy/versions/v2.0.0/infer', { inputs: [tensor] }],
    ['a path nobody knows', '/predictions', row],
    ['a method that is not allowed', '/v2/health/live', row],
  ])('refuses %s', async (_what, path, body) => {
    const answer = await ask(path, body);
    expect(Object.keys(answer.body)).toEqual(['error']);
    expect(`${answer.status} ${answer.body.error}`).toMatchSnapshot();
  });

  it('names what is allowed with 405', async () => {
    expect((await fetch(`${server.url}/predict`)).headers.get('allow')).toBe('POST');
    expect((await fetch(server.url, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD');
  });

  it('has a page to try it, without anything from outside', async () => {
    const response = await fetch(server.url);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('name="distance"');
    expect(page).not.toMatch(/https?:|<link|src=/);
    expect(page).not.toContain('AA'); // No value of a column that isn't public.
  });

  it('answers its golden requests both ways, and tells the first that differs', async () => {
    expect(await askGolden(server.url, toyGolden)).toEqual({ asked: 3, equal: 3 });
    const [first, second, third] = toyGolden.requests;
    const wrong = { ...toyGolden, requests: [first!, { ...second!, score: second!.score + 2e-5 }, third!] };
    expect(await askGolden(server.url, wrong)).toEqual({
      asked: 3,
      equal: 2,
      firstDifference: expect.stringMatching(/^golden request 1: answered 0\.62\d+, not 0\.62\d+$/),
    });
    expect(await askGolden('http://127.0.0.1:9', toyGolden)).toMatchObject({ asked: 3, equal: 0 });
    // Of a version that is asked for, only its own answers count, for it and against it.
    expect(await askGolden(server.url, wrong, 'v1.0.0')).toMatchObject({ asked: 3, equal: 2, otherwise: 1 });
    expect(await askGolden(server.url, wrong, 'v2.0.0')).toEqual({
      asked: 3,
      equal: 0,
      otherwise: 0,
      firstDifference: 'golden request 0: answered by v1.0.0',
    });
  });

  it('takes many rows; a bad one costs itself only; all answered ones are logged', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => ({
      ...row,
      distance: index,
      carrier: index === 300 ? 'ZZ' : 'DL',
    }));
    const ids = rows.map((_, index) => `many-${index}`);
    const seen: number[] = [];
    const result = await predictRows(server.url, rows, { ids, onProgress: (done) => seen.push(done) });
    expect(result.errors).toEqual([
      {
        row: 300,
        id: 'many-300',
        status: 422,
        message: '"carrier" is "ZZ", a category the model was not trained with',
      },
    ]);
    expect(result.predictions[300]).toBeNull();
    expect(result.predictions[499]).toMatchObject({
      id: 'many-499',
      score: expect.closeTo(toyScore(499, 'DL', '2'), 6),
    });
    expect(seen.at(-1)).toBe(500);
    await predictRows(server.url, rows.slice(0, 10), { ids: ids.map((id) => `unlogged-${id}`), log: false });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const lines = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ id }) => id.startsWith('many-'))).toHaveLength(499);
    expect(lines.filter(({ id }) => id.startsWith('unlogged-'))).toHaveLength(0);
    expect(lines.find(({ id }) => id === 'many-7')).toEqual({
      id: 'many-7',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      model: 'toy',
      version: 'v1.0.0',
      inputs: { distance: 7, carrier: 'DL', date: '2001-01-02' },
      score: expect.closeTo(toyScore(7, 'DL', '2'), 6),
    });
  });

  it('survives what is no HTTP, and a client that leaves in the middle', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('POST /predict HTTP/1.1\r\ncontent-length: 100\r\n\r\n{"dis');
    await new Promise((resolve) =>
      socket
        .once('close', resolve)
        .resume()
        .on('error', () => {}),
    );
    const garbage = connect(Number(port), '127.0.0.1');
    garbage.end('\0\0\0\0');
    await new Promise((resolve) =>
      garbage
        .once('close', resolve)
        .resume()
        .on('error', () => {}),
    );
    expect((await ask('/predict', row)).status).toBe(200);
  });
});
