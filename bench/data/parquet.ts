import { pythonWith } from '../../test/interop/tools/python.ts';
import { secondsBeside } from '../measure.ts';

/** Arrow's writer with its own settings (snappy, dictionaries), in row groups of 100,000. */
const script = `
import sys
import pyarrow as pa, pyarrow.csv as csv, pyarrow.parquet as pq
source, target = sys.argv[1:]
rows = 100_000
with csv.open_csv(source) as reader, pq.ParquetWriter(target, reader.schema) as writer:
    waiting = []
    for batch in reader:
        waiting.append(batch)
        if sum(len(b) for b in waiting) < rows:
            continue
        table = pa.Table.from_batches(waiting)
        while len(table) >= rows:
            writer.write_table(table.slice(0, rows))
            table = table.slice(rows)
        waiting = table.to_batches()
    writer.write_table(pa.Table.from_batches(waiting, reader.schema))
`;

export async function toParquet(csv: string, target: string): Promise<void> {
  const python = await pythonWith(['pyarrow==26.0.1']);
  await secondsBeside([python, '-c', script, csv, target], { cwd: '/' });
}
