// How data/flights/ was made, so that anyone can make it again:
//   npm install --no-save vega-datasets@3.2.1
//   node pipelines/flight-delay/sample.ts node_modules/vega-datasets/data/flights-3m.parquet data/flights
// US domestic flights of January to June 2001 (Bureau of Transportation Statistics, on-time data, public), 3,000,000
// rows in all. A plain systematic sample: every 8th row of January, every 16th of February, every 20th after.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { parquetCompressors } from 'lockstep/table';

interface Flight {
  readonly date: Date;
  readonly delay: bigint;
  readonly distance: bigint;
  readonly origin: string;
  readonly destination: string;
}

const months = [
  { month: '2001-01', every: 8 },
  { month: '2001-02', every: 16 },
  { month: '2001-03', every: 20 },
  { month: '2001-04', every: 20 },
  { month: '2001-05', every: 20 },
  { month: '2001-06', every: 20 },
];
const remainder = 2;

const [source, target] = process.argv.slice(2);
if (!source || !target) throw new Error('usage: node sample.ts <flights-3m.parquet> <folder>');
const flights = (await parquetReadObjects({
  file: await asyncBufferFromFile(source),
  compressors: parquetCompressors,
})) as unknown as Flight[];
await mkdir(target, { recursive: true });
for (const { month, every } of months) {
  const rows = flights
    .map((flight, row) => ({ flight, row }))
    .filter(({ flight, row }) => row % every === remainder && flight.date.toISOString().startsWith(month));
  parquetWriteFile({
    filename: join(target, `${month}.parquet`),
    columnData: [
      // The row's number in the source names it for good: predictions and outcomes are joined by it.
      { name: 'row_id', type: 'INT32', encoding: 'DELTA_BINARY_PACKED', data: rows.map(({ row }) => row) },
      {
        name: 'date',
        type: 'TIMESTAMP',
        encoding: 'DELTA_BINARY_PACKED',
        data: rows.map(({ flight }) => flight.date),
      },
      { name: 'origin', type: 'STRING', data: rows.map(({ flight }) => flight.origin) },
      { name: 'destination', type: 'STRING', data: rows.map(({ flight }) => flight.destination) },
      { name: 'distance', type: 'INT32', data: rows.map(({ flight }) => Number(flight.distance)) },
      { name: 'delay', type: 'INT32', data: rows.map(({ flight }) => Number(flight.delay)) },
    ],
    // Every clone carries these files, and every reader of Parquet knows gzip; fflate's has the same bytes everywhere.
    codec: 'GZIP',
    compressors: { GZIP: (bytes) => gzipSync(bytes, { level: 9, mtime: 0 }) },
  });
  console.log(`${month}: ${rows.length} rows`);
}
