/** Two 32-bit halves of a hash; kept in one object that is written over, since a table has millions of cells. */
export interface Hash {
  low: number;
  high: number;
}

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/** Of a text: two multiplicative lanes over its UTF-16 units, then mixed. */
export function hashText(text: string, into: Hash): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  finish(a, b, into);
}

/** Of a number: of its bits, so that 1 and 1.0 are one value. */
export function hashNumber(value: number, into: Hash): void {
  bits[0] = value === 0 ? 0 : value;
  finish(words[0]!, Math.imul(words[1]!, 0x9e3779b1), into);
}

function finish(a: number, b: number, into: Hash): void {
  const low = mixed(a ^ ((b << 15) | (b >>> 17)));
  into.low = low >>> 0;
  into.high = mixed((b + Math.imul(low, 0x85ebca77)) ^ a) >>> 0;
}

/** The finaliser of MurmurHash3 (32 bits): each bit that goes in may change each that comes out. */
function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

/** The two halves as one exact integer of 53 bits, never 0. Two different cells share one in 1 of 9·10^15 cases. */
export const keyOf = (low: number, high: number): number => (high & 0x1fffff) * 4294967296 + low + 1;

/** Rows are sums over their columns, so that the order of columns does not matter; each name seasons its cells. */
export function addCell(row: Int32Array, at: number, cell: number, name: number): void {
  const mixed = Math.imul(cell ^ name, 2246822519);
  row[at] = (row[at]! + (mixed ^ (mixed >>> 15))) | 0;
}
