import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** DVC hashed in pieces of this many bytes, each by itself text or not. */
const piece = 1 << 20;
const looked = 512;

/**
 * The md5 that DVC before 3.0 gave a file (its path, or its bytes): CRLF counts as LF in pieces that look like text
 * (dvc-data, `md5-dos2unix`).
 */
export async function legacyMd5(source: string | Buffer): Promise<string> {
  const hash = createHash('md5');
  for await (const bytes of piecesOf(source))
    hash.update(isText(bytes.subarray(0, looked)) ? withoutReturns(bytes) : bytes);
  return hash.digest('hex');
}

async function* piecesOf(source: string | Buffer): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of typeof source === 'string'
    ? createReadStream(source, { highWaterMark: piece })
    : [source]) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (; rest.length >= piece; rest = rest.subarray(piece)) yield rest.subarray(0, piece);
  }
  if (rest.length > 0) yield rest;
}

/** No NUL, and at most 30 % of the bytes are none of printable ASCII, LF, CR, tab, form feed, backspace. */
function isText(block: Buffer): boolean {
  const odd = block.filter((byte) => !((byte >= 32 && byte < 127) || [8, 9, 10, 12, 13].includes(byte)));
  return !block.includes(0) && odd.length / block.length <= 0.3;
}

const withoutReturns = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
