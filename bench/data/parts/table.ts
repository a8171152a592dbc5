import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CountingProxy, countBefore } from '../counting-proxy.ts';
import { makeOurs } from '../our-project.ts';
import { toParquet } from '../parquet.ts';
import { makeDvc } from '../peers.ts';
import { type Bound, ours } from '../report.ts';
import { appended, contiguous, copyEdited, type Edit, makeTable, rowSize, scattered } from '../rows.ts';
import { inFolder, type Part, scaled, type World, withBucket } from '../world.ts';

/** One table of 1 GB, pushed; then what a push of it sends when some rows are others. Bytes, not seconds: once each. */
export const table: Part = {
  name: 'table',
  goals: 3,
  run: (world) =>
    inFolder(world, (folder) =>
      withBucket(world, folder, async (s3, reached) => {
        const proxy = await countBefore(Number(new URL(s3.endpoint).port));
        const endpoint = `http://127.0.0.1:${proxy.port}`;
        const environment = {
          ...reached.environment,
          AWS_ENDPOINT_URL: endpoint,
          AWS_ENDPOINT_URL_S3: endpoint,
        };
        try {
          await changes({ ...reached, environment }, folder, proxy);
        } finally {
          await proxy.stop();
        }
      }),
    ),
};

interface Change {
  readonly name: string;
  readonly edits: (path: string) => Edit[];
  /** What is sent of the table, as its goal has it. */
  readonly goal?: (sent: Sent) => readonly [number, Bound, string];
  readonly parquet?: true;
  readonly dvc?: true;
}

async function changes(world: World, folder: string, proxy: CountingProxy): Promise<void> {
  const { report } = world;
  const [csv, changed, parquet] = ['table.csv', 'changed.csv', 'table.parquet'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  makeTable(csv, scaled(world, 1e9));
  const hundredth = Math.round(statSync(csv).size / 100 / rowSize);
  const all: readonly Change[] = [
    {
      name: '1 % of the rows, contiguous',
      edits: (path) => contiguous(path, 0.01),
      goal: ({ share }) => [share, { atMost: 3 }, '%'],
      parquet: true,
      dvc: true,
    },
    {
      name: '1 % appended',
      edits: (path) => appended(path, 0.01),
      goal: ({ share }) => [share, { atMost: 2 }, '%'],
    },
    {
      name: '100 single rows',
      edits: (path) => scattered(path, 100),
      goal: ({ chunks }) => [chunks, { atMost: 100 }, 'chunks'],
    },
    { name: '1 % of the rows, at random', edits: (path) => scattered(path, hundredth), parquet: true },
  ];
  const own = pushOfOurs(world, folder, proxy);
  const other = await pushOfDvc(world, folder, proxy);
  report.say(`${ours}, all of it: ${wordsOf(await own.push(csv, 'table.csv'))}`);
  await toParquet(csv, parquet);
  report.say(`${ours}, all of it as Parquet: ${wordsOf(await own.push(parquet, 'table.parquet'))}`);
  own.commit();
  report.say(`dvc, all of it: ${wordsOf(await other(csv))}`);
  for (const change of all) {
    copyEdited(csv, changed, change.edits(csv));
    const sent = await own.push(changed, 'table.csv');
    report.say(`${ours}, ${change.name}: ${wordsOf(sent)}`);
    if (change.goal !== undefined) report.goal(`  of it`, ...change.goal(sent));
    if (change.dvc) report.say(`dvc, ${change.name}: ${wordsOf(await other(changed))}`);
    if (!change.parquet) continue;
    await toParquet(changed, parquet);
    const rewritten = await own.push(parquet, 'table.parquet');
    report.say(`${ours}, ${change.name}, Parquet: ${wordsOf(rewritten)}`);
  }
}

interface Sent {
  /** Bytes that the server was sent, and those that the command says it sent. */
  readonly wire: number;
  readonly said: number | null;
  readonly chunks: number;
  /** The more of the two, in per cent of the file. */
  readonly share: number;
  readonly seconds: number;
}

function wordsOf({ wire, said, chunks, share, seconds }: Sent): string {
  const own = said === null ? '' : ` (it says ${said}, ${chunks} chunks)`;
  return `${wire} bytes on the wire${own}, ${share.toFixed(2)} % of the file, ${seconds.toFixed(1)} s`;
}

/** Each change is of the version that was committed: none profits from another. */
function pushOfOurs(world: World, folder: string, proxy: CountingProxy) {
  const project = makeOurs(world, folder, 's3://bench/ours');
  const push = async (source: string, key: string): Promise<Sent> => {
    copyFileSync(source, project.path(key));
    await project.data('add', `data/${key}`);
    proxy.sent();
    const { seconds, output } = await project.data('push', '--json', key);
    const { bytes, chunks } = (JSON.parse(output) as { pushed: { bytes: number; chunks?: number } }).pushed;
    const wire = proxy.sent();
    const share = (100 * Math.max(wire, bytes)) / statSync(source).size;
    return { wire, said: bytes, chunks: chunks ?? Math.ceil(bytes / averageChunk), share, seconds };
  };
  return { push, commit: project.commit };
}

/** Of a remote (docs/formats/remote.md), in bytes. */
const averageChunk = 64 * 1024;

async function pushOfDvc(world: World, folder: string, proxy: CountingProxy) {
  const { path, dvc, setRemote } = await makeDvc(world, folder);
  setRemote('s3://bench/dvc');
  return async (source: string): Promise<Sent> => {
    copyFileSync(source, path('table.csv'));
    await dvc('add', 'data/table.csv');
    proxy.sent();
    const { seconds } = await dvc('push');
    const wire = proxy.sent();
    return { wire, said: null, chunks: 0, share: (100 * wire) / statSync(source).size, seconds };
  };
}
