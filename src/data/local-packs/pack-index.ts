import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, hexOf } from '../../workspace/index.ts';

/** Bytes of a local pack. */
export interface Packed {
  /** Path of the pack. */
  readonly pack: string;
  readonly offset: number;
  readonly size: number;
}

/** One object in an index file: 32 bytes of sha256, then offset and size as unsigned 32-bit little-endian numbers. */
export const recordSize = 40;

export const packsFolder = (root: string): string => join(root, 'packs');

/** A record of an index file. */
export function writeRecord(into: Buffer, at: number, digest: Digest, offset: number, size: number): void {
  into.write(hexOf(digest), at, 'hex');
  into.writeUInt32LE(offset, at + 32);
  into.writeUInt32LE(size, at + 36);
}

/**
 * What the packs of a store hold. A hash table over the index files' own bytes: a million objects cost 50 MB, where a Map
 * of digests would cost five times that.
 */
export class PackIndex {
  private readonly folder: string;
  private packs: { readonly path: string; readonly records: Buffer }[] = [];
  private known = new Set<string>();
  private count = 0;
  /** When the folder last changed, as of the last look. */
  private seen = 0;
  /** Slot → 1 + number of the record, counted through all packs. */
  private slots = new Int32Array(0);
  private firsts: number[] = [];

  constructor(root: string) {
    this.folder = packsFolder(root);
    this.refresh();
  }

  /** Looks again when something came or went since. */
  find(digest: Digest): Packed | null {
    const found = this.lookUp(digest);
    if (found !== null || this.changed() === this.seen) return found;
    this.refresh();
    return this.lookUp(digest);
  }

  private changed(): number {
    return statSync(this.folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  private lookUp(digest: Digest): Packed | null {
    if (this.count === 0) return null;
    const wanted = Buffer.from(hexOf(digest), 'hex');
    const mask = this.slots.length - 1;
    for (let slot = wanted.readUInt32LE(0) & mask; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.slots[slot]! - 1;
      const pack = this.packOf(number);
      const at = (number - this.firsts[pack]!) * recordSize;
      const { path, records } = this.packs[pack]!;
      if (wanted.compare(records, at, at + 32) !== 0) continue;
      return { pack: path, offset: records.readUInt32LE(at + 32), size: records.readUInt32LE(at + 36) };
    }
    return null;
  }

  /** Takes note of the packs that came since, and forgets all when some went. */
  refresh(): void {
    this.seen = this.changed();
    const names = (this.seen === 0 ? [] : readdirSync(this.folder)).filter((name) => name.endsWith('.idx'));
    const present = new Set(names);
    if ([...this.known].some((name) => !present.has(name))) this.clear();
    for (const name of names) if (!this.known.has(name)) this.add(name);
  }

  private add(name: string): void {
    const records = readFileSync(join(this.folder, name));
    this.known.add(name);
    if (records.length === 0 || records.length % recordSize !== 0) return; // Torn: its objects count as absent.
    this.firsts.push(this.count);
    this.packs.push({ path: join(this.folder, name.replace(/idx$/, 'pack')), records });
    this.count += records.length / recordSize;
    if (this.count * 2 > this.slots.length) this.rebuild();
    else this.place(this.packs.length - 1);
  }

  private rebuild(): void {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(1024, this.count * 4))));
    for (let pack = 0; pack < this.packs.length; pack++) this.place(pack);
  }

  private place(pack: number): void {
    const { records } = this.packs[pack]!;
    const mask = this.slots.length - 1;
    for (let index = 0; index * recordSize < records.length; index++) {
      let slot = records.readUInt32LE(index * recordSize) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = this.firsts[pack]! + index + 1;
    }
  }

  private packOf(number: number): number {
    let [low, high] = [0, this.firsts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.firsts[middle]! <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private clear(): void {
    this.packs = [];
    this.known = new Set();
    this.count = 0;
    this.slots = new Int32Array(0);
    this.firsts = [];
  }
}
