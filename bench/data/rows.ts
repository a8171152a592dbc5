import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { seeded } from './files.ts';

/** Bytes of a file that become others. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly bytes: Buffer;
}

const header = 'id,day,store,quantity,price,discount,receipt\n';
const block = 1 << 22;
/** Bytes of a row, on average. */
export const rowSize = 92;

/** A table of about `size` bytes, each row of its own length and content. */
export function makeTable(path: string, size: number): void {
  const file = openSync(path, 'w');
  let written = writeSync(file, header);
  const next = rowMaker(1);
  for (let id = 0; written < size; ) {
    const rows: string[] = [];
    for (let count = 0; count < 20_000; count++) rows.push(next(id++));
    written += writeSync(file, rows.join(''));
  }
  closeSync(file);
}

/** Makes the row of an id: about 90 bytes. */
function rowMaker(seed: number): (id: number) => string {
  const next = seeded(seed);
  let random = next(1 << 20);
  let at = 0;
  return (id) => {
    if (at + 40 > random.length) [random, at] = [next(1 << 20), 0];
    const [a, b, c] = [random.readUInt32LE(at), random.readUInt32LE(at + 4), random.readUInt32LE(at + 8)];
    const receipt = random.toString('hex', at + 12, at + 36);
    at += 40;
    return `${id},2025-${1 + (a % 12)}-${1 + (b % 28)},store ${c % 900},${a % 5000},${b % 100_000}.${c % 100},0.${b % 60},${receipt}\n`;
  };
}

/** Copies a file with edits (in order, none over another) made to it. */
export function copyEdited(path: string, target: string, edits: readonly Edit[]): void {
  const [from, to] = [openSync(path, 'r'), openSync(target, 'w')];
  const buffer = Buffer.alloc(block);
  const copy = (start: number, end: number) => {
    for (let at = start; at < end; ) {
      const read = readSync(from, buffer, 0, Math.min(block, end - at), at);
      writeSync(to, buffer, 0, read);
      at += read;
    }
  };
  let done = 0;
  for (const edit of edits) {
    copy(done, edit.from);
    writeSync(to, edit.bytes);
    done = edit.to;
  }
  copy(done, statSync(path).size);
  for (const file of [from, to]) closeSync(file);
}

/** All rows of a contiguous share of the table get other values, under the same ids. */
export function contiguous(path: string, share: number): Edit[] {
  const { size } = statSync(path);
  const [from, to] = [0.4, 0.4 + share].map((part) => rowAt(path, Math.floor(part * size)).from) as [
    number,
    number,
  ];
  const bytes = Buffer.alloc(to - from);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
  const next = rowMaker(2);
  const rows = bytes.toString('latin1').split('\n').slice(0, -1);
  return [{ from, to, bytes: Buffer.from(rows.map((row) => next(Number.parseInt(row, 10))).join('')) }];
}

/** As many new rows at the end as a share of the table has bytes. */
export function appended(path: string, share: number): Edit[] {
  const { size } = statSync(path);
  const next = rowMaker(3);
  const rows: string[] = [];
  for (let bytes = 0, id = 1e9; bytes < share * size; id++) bytes += rows[rows.push(next(id)) - 1]!.length;
  return [{ from: size, to: size, bytes: Buffer.from(rows.join('')) }];
}

/** Single rows, drawn at random, get other values. */
export function scattered(path: string, count: number): Edit[] {
  const { size } = statSync(path);
  const random = seeded(4);
  const next = rowMaker(5);
  const places = new Map<number, Edit>();
  while (places.size < count) {
    const { from, to, id } = rowAt(path, Math.floor((random(4).readUInt32LE() / 2 ** 32) * (size - 1000)));
    places.set(from, { from, to, bytes: Buffer.from(next(id)) });
  }
  return [...places.values()].sort((a, b) => a.from - b.from);
}

/** The first row that starts after a byte. */
function rowAt(
  path: string,
  place: number,
): { readonly from: number; readonly to: number; readonly id: number } {
  const bytes = Buffer.alloc(500);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, bytes.length, place);
  closeSync(file);
  const start = bytes.indexOf('\n') + 1;
  const end = bytes.indexOf('\n', start) + 1;
  return {
    from: place + start,
    to: place + end,
    id: Number.parseInt(bytes.toString('latin1', start, end), 10),
  };
}
