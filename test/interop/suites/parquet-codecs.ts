import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cellText, parquetCompressors, readTable } from '../../../src/data/index.ts';
import type { Suite, Tools } from '../suite.ts';

const pyarrow = 'pyarrow==26.0.1';

export const suite: Suite = {
  name: 'parquet-codecs',
  shows: 'Parquet from Arrow is read whatever its pages are packed with, LZ4 in Hadoop’s framing too',
  minutes: 1,
  long: true,
  needs: { python: [pyarrow] },
  run: readAll,
};

/** Writes tables of numbers, texts and gaps with each codec, both kinds of pages; prints their cells as texts. */
const script = `
import json, random, pyarrow as pa, pyarrow.parquet as pq
random.seed()
n = 30000
columns = {
  "noise": [random.random() for _ in range(n)],
  "few": [random.choice(["yes", "no", "ümlaut", None]) for _ in range(n)],
  "same": ["a" * 40] * n,
  "long": ["".join(random.choices("abcd ", k=random.randrange(60))) for _ in range(n)],
  "none": pa.nulls(n, pa.int32()),
  "small": [i % 7 if i % 5 else None for i in range(n)],
}
table = pa.table(columns)
files = []
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
  for page in ["1.0", "2.0"]:
    for dictionary in [True, False]:
      name = f"{codec}-{page}-{dictionary}.parquet"
      pq.write_table(table, name, compression=codec, data_page_version=page, use_dictionary=dictionary,
                     data_page_size=300000, row_group_size=20000)
      files.append([name, pq.ParquetFile(name).metadata.row_group(0).column(0).compression])
hadoop = []
for text in [b"x", columns["long"][5].encode() * 50 + b"y", "".join(columns["long"]).encode()]:
  packed = len(text).to_bytes(4, "big")
  for at in range(0, len(text), 250000):
    block = pa.compress(text[at:at + 250000], codec="lz4_raw", asbytes=True)
    packed += len(block).to_bytes(4, "big") + block
  hadoop.append([text.hex(), packed.hex()])
cells = {name: table.column(name).to_pylist() for name in table.column_names}
print(json.dumps({"files": files, "cells": cells, "hadoop": hadoop}))
`;

async function readAll({ folder, programs, python }: Tools): Promise<string> {
  const { files, cells, hadoop } = JSON.parse(await programs.run(python, ['-c', script])) as {
    files: [string, string][];
    cells: Record<string, (string | number | null)[]>;
    hadoop: [string, string][];
  };
  for (const [name] of files) {
    const { columns } = await readTable(join(folder, name));
    assert.deepEqual(
      columns.map((column) => column.name),
      Object.keys(cells),
    );
    for (const column of columns) {
      const own = Array.from({ length: column.values.length }, (_, row) => cellText(column, row));
      const expected = cells[column.name]!.map((cell) => (cell === null ? null : String(cell)));
      assert.deepEqual(own, expected, `${name}: ${column.name}`);
    }
  }
  for (const [text, packed] of hadoop) {
    const whole = Buffer.from(text, 'hex');
    assert.deepEqual(Buffer.from(parquetCompressors.LZ4!(Buffer.from(packed, 'hex'), whole.length)), whole);
  }
  const codecs = [...new Set(files.map(([, codec]) => codec))];
  return `${files.length} files of ${pyarrow} (${codecs.join(', ')}), ${hadoop.length} pages in Hadoop's framing`;
}
