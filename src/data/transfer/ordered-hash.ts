import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { Digest } from '../../workspace/index.ts';

/** Read of the file at a time (bytes). */
const block = 1 << 20;

/**
 * The sha256 of a file whose pieces arrive in any order, side by side: what comes in turn is hashed at once, what comes
 * early waits in memory, what the file held already is read when its turn comes.
 */
export class OrderedHash {
  private readonly hash = createHash('sha256');
  private readonly file: number;
  private readonly held: { from: number; to: number }[];
  private readonly size: number;
  private readonly early = new Map<number, Uint8Array>();
  private at = 0;

  /** `held`: ranges that nobody will add, in order; `file`: a handle to read them from. */
  constructor(file: number, held: readonly { from: number; to: number }[], size: number) {
    this.file = file;
    this.held = [...held];
    this.size = size;
    this.advance();
  }

  add(at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (at !== this.at) {
      this.early.set(at, bytes);
      return;
    }
    this.hash.update(bytes);
    this.at += bytes.length;
    this.advance();
  }

  /** Of everything; what never came counts as what the file holds there. */
  digest(): Digest {
    this.read(this.size);
    return `sha256:${this.hash.digest('hex')}`;
  }

  private advance(): void {
    for (;;) {
      const bytes = this.early.get(this.at);
      if (bytes !== undefined) {
        this.early.delete(this.at);
        this.hash.update(bytes);
        this.at += bytes.length;
      } else if (this.held[0]?.from === this.at) this.read(this.held.shift()!.to);
      else return;
    }
  }

  private read(to: number): void {
    const buffer = Buffer.allocUnsafe(block);
    while (this.at < to) {
      const count = readSync(this.file, buffer, 0, Math.min(block, to - this.at), this.at);
      if (count === 0) return;
      this.hash.update(buffer.subarray(0, count));
      this.at += count;
    }
  }
}
