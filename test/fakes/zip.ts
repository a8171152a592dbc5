import { crc32, deflateRawSync } from 'node:zlib';

/** One file of a ZIP as somebody wrote it who keeps to no rule: whatever is left out is as it should be. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** Name in the header before the bytes, where it is another than in the directory. */
  readonly localName?: string;
  /** Type and permissions of Unix, as stat(2) has them. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly deflate?: boolean;
  /** Declared in the directory. */
  readonly size?: number;
  readonly packed?: number;
  readonly crc?: number;
  /** Points at the header of the entry of this index. */
  readonly sharesWith?: number;
}

/** Writes a ZIP (PKWARE APPNOTE.TXT, section 4.3) that says what the entries say, true or not. */
export function rawZip(entries: readonly RawEntry[], comment = ''): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const { deflate = false, sharesWith } = entry;
    const content = Buffer.from(entry.content ?? '');
    const bytes = deflate ? deflateRawSync(content) : content;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? 0, 2);
    fields.writeUInt16LE(entry.method ?? (deflate ? 8 : 0), 4);
    fields.writeUInt32LE(entry.crc ?? crc32(content), 10);
    fields.writeUInt32LE(entry.packed ?? bytes.length, 14);
    fields.writeUInt32LE(entry.size ?? content.length, 18);
    const offset = sharesWith === undefined ? at : offsets[sharesWith]!;
    offsets.push(offset);
    directory.push(directoryEntry(entry, fields, offset));
    if (sharesWith !== undefined) continue;
    const local = localHeader(Buffer.from(entry.localName ?? entry.name), fields);
    locals.push(local, bytes);
    at += local.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...locals, central, ending(entries.length, central.length, at, comment)]);
}

function localHeader(name: Buffer, fields: Buffer): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  fields.copy(head, 4);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
}

function directoryEntry({ name: given, mode = 0o100644 }: RawEntry, fields: Buffer, offset: number): Buffer {
  const name = Buffer.from(given);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE((3 << 8) | 20, 4); // Made on Unix.
  fields.copy(head, 6, 0, 22);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt32LE((mode << 16) >>> 0, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name]);
}

function ending(count: number, length: number, offset: number, comment: string): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
}
