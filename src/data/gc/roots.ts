import type { Digest } from '../../workspace/index.ts';

/** Bytes that a dataset's entry in some lock names. */
export interface RootDataset {
  readonly key: string;
  readonly digest: Digest;
  readonly folder: boolean;
  /** Who needs it: `work tree`, `tags`, … */
  readonly why: string;
}

/** What must stay, as the caller found it in Git and in run records. */
export interface Roots {
  /** One for each digest. */
  readonly datasets: readonly RootDataset[];
  /** Other objects (models, cached outputs of stages), with who needs them. */
  readonly objects: ReadonlyMap<Digest, string>;
  /** Never needed again, whoever names them. */
  readonly forgotten: ReadonlySet<Digest>;
  /** Those of them that are folders' manifests: their files go too, unless somebody else needs them. */
  readonly forgottenFolders?: ReadonlySet<Digest>;
}

export const youngMs = 3_600_000;
export const young = 'younger than an hour';

/** Objects and bytes by reason. */
export type Tally = Record<string, { objects: number; bytes: number }>;

export function count(tally: Tally, why: string, bytes: number, objects = 1): void {
  tally[why] ??= { objects: 0, bytes: 0 };
  tally[why].objects += objects;
  tally[why].bytes += bytes;
}

/** The distinct digests of a verified manifest, in the order of their first lines. */
export function manifestDigests(manifest: Uint8Array): Digest[] {
  const lines = Buffer.from(manifest)
    .toString('latin1')
    .matchAll(/^([0-9a-f]{64}) \d+ /gm);
  return [...new Set(Array.from(lines, ([, hex]): Digest => `sha256:${hex!}`))];
}
