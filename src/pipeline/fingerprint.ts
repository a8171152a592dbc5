import { type Digest, digestOf, digestOfJson, hexOf } from '../workspace/index.ts';
import type { CodeEntry, CodeFile } from './code-source.ts';

/** Everything that decides a stage's result, and nothing else: no path of the checkout, time, user or version of ours. */
export interface StageMaterial {
  readonly v: 1;
  readonly stage: { readonly run: string } | { readonly uses: string; readonly trainer: number };
  readonly inputs: Readonly<Record<string, Digest>>;
  readonly params: Readonly<Record<string, unknown>>;
  /** Sorted. */
  readonly outputs: readonly string[];
  readonly toolchain: Toolchain;
}

export interface Toolchain {
  /** Major version. */
  readonly node: number;
  readonly environment?: { readonly python: string; readonly lock: Digest };
  /** For `run:` stages, whose programs may differ by machine. */
  readonly os?: string;
  readonly arch?: string;
}

/** sha256 of the RFC 8785 JSON of the material. */
export const fingerprintOf = (material: StageMaterial): Digest => digestOfJson(material);

/** Names a run: the fingerprints of its stages and what is evaluated. */
export const runFingerprint = (
  stages: readonly { readonly name: string; readonly fingerprint: Digest }[],
  evaluate: unknown,
): Digest =>
  digestOfJson({
    v: 1,
    stages: Object.fromEntries(stages.map(({ name, fingerprint }) => [name, fingerprint])),
    evaluate,
  });

/** A file's digest; a folder's is that of its manifest, like a dataset's: `<hex> <size> <path in the folder>` lines. */
export function digestOfCode(entry: CodeEntry, path: string): Digest {
  if (entry.kind === 'file') return entry.file.digest;
  const line = ({ digest, size, path: file }: CodeFile) =>
    `${hexOf(digest)} ${size} ${file.slice(path.length + 1)}\n`;
  return digestOf(entry.files.map(line).join(''));
}
