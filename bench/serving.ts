import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { column, type Table } from '../src/data/index.ts';
import { goldenRequests, type ModelFile, openScorer } from '../src/model/index.ts';
import {
  exportOnnx,
  planInputs,
  readInputs,
  readParams,
  trainTrees,
  treesParams,
} from '../src/training/index.ts';
import { digestOf } from '../src/workspace/index.ts';

/*
 * Single-row requests per second and latency of a model server (100 trees of depth 6 on five raw columns), beside
 * a bare node:http server that parses and answers JSON of the same size, one after the other on the same core.
 * The client writes raw HTTP on kept connections, so that it costs as little as it can.
 *   node bench/serving.ts [seconds] [connections] [times]
 */
const seconds = Number(process.argv[2] ?? 3);
const connections = Number(process.argv[3] ?? 16);
const times = Number(process.argv[4] ?? 5);

const modelFile: ModelFile = {
  task: 'binary-classification',
  inputs: [
    { name: 'a', type: 'number' },
    { name: 'b', type: 'number' },
    { name: 'c', type: 'number' },
    { name: 'place', type: 'category' },
    { name: 'date', type: 'date' },
  ],
  output: { name: 'y', positive: '1' },
};

const echoServer = `
  const server = require('node:http').createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      const body = JSON.stringify(JSON.parse(Buffer.concat(chunks)));
      response.writeHead(200, {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)}).end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ listening: server.address().port })));`;

const folder = await makeModel();
const server = fileURLToPath(new URL('../src/serving/server.ts', import.meta.url));
const body = JSON.stringify({ a: 0.25, b: -1.5, c: 3, place: 'p7', date: '2001-01-17T08:30' });
const programs: Readonly<Record<string, readonly string[]>> = {
  'bare node:http echo': ['-e', echoServer],
  'model server': [server, '--models', folder, '--port', '0'],
  'model server with prediction log': [
    ...[server, '--models', folder, '--port', '0', '--log', join(folder, 'log.jsonl')],
  ],
};
// Turn by turn, so that a busy machine slows all of them.
const rounds: Measured[][] = [];
for (let turn = 0; turn < times; turn++) {
  const round: Measured[] = [];
  for (const [name, program] of Object.entries(programs)) round.push(await measure(name, program));
  rounds.push(round);
}
Object.keys(programs).forEach((name, index) => {
  const of = (key: 'perSecond' | 'p50' | 'p99' | 'peak', from = index) =>
    rounds.map((round) => round[from]![key]).sort((a, b) => a - b);
  const middle = (values: readonly number[]) => values[values.length >> 1]!;
  const perSecond = of('perSecond');
  const share = `${((100 * middle(perSecond)) / middle(of('perSecond', 0))).toFixed(0)} %`;
  const speed = `median ${middle(perSecond).toFixed(0)}, best ${perSecond.at(-1)!.toFixed(0)} req/s`;
  const latency = `p50 ${middle(of('p50')).toFixed(2)} ms, p99 ${middle(of('p99')).toFixed(2)} ms`;
  process.stdout.write(
    `  ${name.padEnd(34)} ${speed} (n = ${times})  ${share.padStart(5)}  ${latency}, peak ${of('peak').at(-1)!.toFixed(0)} MB\n`,
  );
});
rmSync(folder, { recursive: true, force: true });

async function makeModel(): Promise<string> {
  const table = syntheticTable(20_000);
  const target = column(table, 'y').values as Float64Array;
  const inputs = planInputs(table, modelFile.inputs);
  const rows = {
    task: modelFile.task,
    inputs,
    values: readInputs(table, inputs),
    labels: target,
    folds: Int32Array.from({ length: table.rows }, (_, row) => row % 5),
  };
  const bytes = exportOnnx(trainTrees(rows, readParams({ trees: 100, depth: 6 }, treesParams, 'trees')), 1);
  const scorer = await openScorer(bytes);
  const requests = goldenRequests(table, modelFile, await scorer.score(table));
  await scorer.release();
  const golden = JSON.stringify({ v: 1, model: 'bench', requests });
  const place = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  const metadata = {
    model: 'bench',
    version: 'v1.0.0',
    modelDigest: digestOf(bytes),
    golden: digestOf(golden),
    task: modelFile.task,
  };
  writeFileSync(join(place, 'model.onnx'), bytes);
  writeFileSync(join(place, 'golden.json'), golden);
  writeFileSync(join(place, 'model.yaml'), JSON.stringify(modelFile));
  writeFileSync(join(place, 'metadata.json'), JSON.stringify(metadata));
  return place;
}

function syntheticTable(rows: number): Table {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const numbers = () => Float64Array.from({ length: rows }, () => 4 * random() - 2);
  const [a, b, c] = [numbers(), numbers(), numbers()];
  const places = Array.from({ length: rows }, () => `p${Math.floor(20 * random())}`);
  const dates = Array.from(
    { length: rows },
    () => `2001-01-${String(1 + Math.floor(28 * random())).padStart(2, '0')}`,
  );
  const y = Float64Array.from({ length: rows }, (_, row) =>
    a[row]! * b[row]! + Math.sin(3 * c[row]!) + random() > 0.5 ? 1 : 0,
  );
  return {
    rows,
    columns: [
      ...Object.entries({ a, b, c, y }).map(([name, values]) => ({ name, type: 'number' as const, values })),
      { name: 'place', type: 'text', values: places },
      { name: 'date', type: 'text', values: dates },
    ],
  };
}

interface Measured {
  readonly name: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Highest resident memory in MB; not a number where the system does not tell. */
  readonly peak: number;
}

async function measure(name: string, program: readonly string[]): Promise<Measured> {
  const child = onOneCore(program);
  try {
    const port = await new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout! }).once('line', (line) =>
        resolve((JSON.parse(line) as { listening: number }).listening),
      );
      child.once('exit', () => reject(new Error(`${name} did not start`)));
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await load(port, 1);
    const times = (await load(port, seconds)).sort();
    const at = (share: number) => times[Math.ceil(share * times.length) - 1]!;
    const peak = peakOf(child.pid!);
    return { name, perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), peak };
  } finally {
    child.removeAllListeners('exit').kill('SIGKILL');
  }
}

function peakOf(pid: number): number {
  const status = process.platform === 'linux' ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** The server keeps to core 0 where the system lets us say so; this client is moved to the others by its load. */
function onOneCore(program: readonly string[]): ChildProcess {
  const pin = process.platform === 'linux' ? ['taskset', '-c', '0'] : [];
  const [file, ...args] = [...pin, process.execPath, ...program];
  return spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Milliseconds of each answered request, over all connections. */
async function load(port: number, duration: number): Promise<Float64Array> {
  const request = Buffer.from(
    `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const until = performance.now() + duration * 1000;
  const parts = await Promise.all(Array.from({ length: connections }, () => ask(port, request, until)));
  return Float64Array.from(parts.flat());
}

function ask(port: number, request: Buffer, until: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const times: number[] = [];
    let sent = 0;
    let waiting = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1');
    const next = () => {
      if (performance.now() >= until) {
        socket.destroy();
        return resolve(times);
      }
      sent = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true).on('connect', next).on('error', reject);
    socket.on('data', (chunk) => {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const end = waiting.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = waiting.toString('latin1', 0, end).toLowerCase();
      const length = Number(/content-length: (\d+)/.exec(head)?.[1]);
      if (waiting.length < end + 4 + length) return;
      if (!head.startsWith('http/1.1 200')) return reject(new Error(waiting.toString()));
      waiting = Buffer.alloc(0);
      times.push(performance.now() - sent);
      next();
    });
  });
}
