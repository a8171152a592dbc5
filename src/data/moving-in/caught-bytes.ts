import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Digest } from '../../workspace/index.ts';
import { smallFile } from '../store/store.ts';
import type { Proof } from './wanted-file.ts';

/** Bytes that were read once: small ones in memory, others in a file of ours. */
export type Kept =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string };

export interface Hashed {
  readonly digest: Digest;
  /** Hex; null where no md5 was promised. */
  readonly md5: string | null;
  readonly size: number;
}

/** Hashes what goes by. */
export class Hashes {
  size = 0;
  private readonly sha256 = createHash('sha256');
  private readonly md5;

  constructor(proof: Proof) {
    this.md5 = proof.kind === 'md5' ? createHash('md5') : null;
  }

  update(chunk: Uint8Array): void {
    this.size += chunk.byteLength;
    this.sha256.update(chunk);
    this.md5?.update(chunk);
  }

  done(): Hashed {
    return {
      digest: `sha256:${this.sha256.digest('hex')}`,
      md5: this.md5?.digest('hex') ?? null,
      size: this.size,
    };
  }
}

/** Keeps what arrives in order, in memory as long as it is small. */
export class Catcher {
  private parts: Uint8Array[] = [];
  private size = 0;
  private handle: FileHandle | null = null;
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.parts.push(chunk);
    this.size += chunk.byteLength;
    if (this.size > smallFile) await this.spill();
  }

  private async spill(): Promise<void> {
    this.handle ??= await open(this.path, 'wx', 0o644);
    for (const part of this.parts) await this.handle.writeFile(part);
    this.parts = [];
  }

  async kept(): Promise<Kept> {
    if (this.handle === null) return { kind: 'bytes', bytes: Buffer.concat(this.parts) };
    await this.handle.sync();
    return { kind: 'file', path: this.path };
  }

  /** Also after `kept`. */
  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = null;
  }
}

export async function drop(kept: Kept): Promise<void> {
  if (kept.kind === 'file') await rm(kept.path, { force: true });
}
