import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenFile } from '../model/golden.ts';
import type { ModelFile } from '../model/model-file.ts';
import { type Digest, digestOf } from '../workspace/digest.ts';
import { LockstepError } from '../workspace/errors.ts';

/** `metadata.json` beside a served model: who it is. `docs/schemas/metadata.json` */
export interface ServedMetadata {
  readonly model: string;
  readonly version: string;
  readonly modelDigest: Digest;
  /** Digest of golden.json. */
  readonly golden: Digest;
  readonly task: ModelFile['task'];
  /** Decision threshold on the score. */
  readonly threshold?: number;
  readonly positive?: string;
}

/** Errors: E_SERVE_START. */
export const readMetadata = (folder: string): ServedMetadata =>
  JSON.parse(readServed(folder, 'metadata.json').toString()) as ServedMetadata;

/** Errors: E_SERVE_START, E_DIGEST_MISMATCH. */
export const readGolden = (folder: string, { golden }: ServedMetadata): GoldenFile =>
  JSON.parse(readVerified(folder, 'golden.json', golden).toString()) as GoldenFile;

/** Errors: E_SERVE_START, E_DIGEST_MISMATCH. */
export function readVerified(folder: string, name: string, digest: Digest): Buffer {
  const bytes = readServed(folder, name);
  const found = digestOf(bytes);
  if (found === digest) return bytes;
  throw new LockstepError('E_DIGEST_MISMATCH', {
    what: `${name} is ${found}, and metadata.json says ${digest}`,
    allowed: 'the very bytes that were judged',
    fix: 'unpack the image again',
  });
}

/** Errors: E_SERVE_START. */
export function readServed(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new LockstepError('E_SERVE_START', {
      what: `cannot read ${name} (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
      where: { file: join(folder, name) },
      allowed: 'a folder with model.onnx, model.yaml, metadata.json and golden.json',
      cause,
    });
  }
}
