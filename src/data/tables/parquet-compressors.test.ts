import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { column, readTable } from '../index.ts';
import { testWorkspace } from '../test-workspace.ts';
import { parquetCompressors } from './parquet-compressors.ts';

const texts = Array.from({ length: 500 }, (_, row) => (row % 3 === 0 ? null : `value ${row % 7}`));

test.each([
  ['GZIP', gzipSync],
  ['BROTLI', brotliCompressSync],
  ['ZSTD', zstdCompressSync],
] as const)('%s pages are read; one of more bytes than it declares is not', async (codec, pack) => {
  const file = join(testWorkspace().root, 'a.parquet');
  const write = (change: (bytes: Uint8Array) => Uint8Array) =>
    writeFileSync(
      file,
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [{ name: 't', type: 'STRING', data: texts }],
          codec,
          compressors: { [codec]: (bytes: Uint8Array) => new Uint8Array(pack(change(bytes))) },
        }),
      ),
    );
  write((bytes) => bytes);
  expect(column(await readTable(file), 't').values).toEqual(texts);
  write((bytes) => Buffer.concat([bytes, Buffer.alloc(5_000_000)]));
  await expect(readTable(file)).rejects.toThrow(
    /^E_TABLE_FORMAT: a Parquet file that cannot be read \(a page holds more than the \d+ bytes it declares\)/,
  );
  write((bytes) => bytes.subarray(1));
  await expect(readTable(file)).rejects.toThrow(/^E_TABLE_FORMAT: .*does not match/);
  expect(parquetCompressors[codec]!(new Uint8Array(), 0)).toHaveLength(0);
});

// Literals `abc`, 12 bytes from 3 back, literals `X1234`; then 300 times `z` through bytes that go on with a length.
const short = Buffer.from('38' + '616263' + '0300' + '50' + '5831323334', 'hex');
const run = Buffer.from('1f' + '7a' + '0100' + 'ff' + '1a' + '10' + '7a', 'hex');
const shortText = 'abcabcabcabcabcX1234';
const runText = 'z'.repeat(302);
const lengths = (...numbers: number[]) =>
  Buffer.from(numbers.map((number) => number.toString(16).padStart(8, '0')).join(''), 'hex');
const framed = Buffer.concat([
  lengths(322, short.length),
  short,
  lengths(run.length),
  run,
  lengths(20, short.length),
  short,
]);

test.each([
  ['LZ4_RAW', short, shortText],
  ['LZ4_RAW', run, runText],
  ['LZ4', run, runText],
  ['LZ4', framed, shortText + runText + shortText],
] as const)('%s: a block, and frames of blocks', (codec, packed, text) => {
  const unpack = parquetCompressors[codec]!;
  expect(Buffer.from(unpack(packed, text.length)).toString()).toBe(text);
  for (const size of [text.length - 1, text.length + 1, 1e9])
    expect(() => unpack(packed, size)).toThrow(/LZ4/);
  for (let end = 0; end < packed.length; end++)
    expect(() => unpack(packed.subarray(0, end), text.length)).toThrow(/LZ4/);
});

test('any bytes taken for LZ4 give the length asked for, or an error of ours', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      bytes,
      fc.nat(200),
      fc.constantFrom('LZ4' as const, 'LZ4_RAW' as const),
      (input, size, codec) => {
        try {
          expect(parquetCompressors[codec]!(input, size)).toHaveLength(size);
        } catch (error) {
          expect((error as Error).message).toMatch(/LZ4/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
