import type { ByteRange, Download } from '../remotes/bucket.ts';

/** What is promised about bytes that nobody here has read yet. Hex, lower case. */
export type Proof =
  | { readonly kind: 'sha256'; readonly hex: string }
  /** `lines`: as DVC before 3.0 hashed, LF for CRLF in what looks like text. */
  | { readonly kind: 'md5'; readonly hex: string; readonly lines: boolean }
  /** The bytes of a folder on this machine are what they are. */
  | { readonly kind: 'none' };

/** Somewhere that may have the bytes. `name` is what messages and the report call it. */
export type Whereabouts =
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  | {
      readonly kind: 'download';
      readonly name: string;
      /** Null when nothing is there. */
      readonly open: (range?: ByteRange) => Promise<Download | null>;
    };

/** One file to bring in. */
export interface WantedFile {
  /** Relative to its dataset; empty when the file is the dataset. */
  readonly path: string;
  readonly proof: Proof;
  /** Bytes; null where the source does not say. */
  readonly size: number | null;
  /** The nearest first. */
  readonly places: readonly Whereabouts[];
}

/** A dataset as its source describes it. */
export interface Planned {
  /** Of data.lock; a folder's ends in `/`. */
  readonly key: string;
  /** As the source names it. */
  readonly from: string;
  readonly files: readonly WantedFile[];
  /** What the source says of the folder as a whole, where it does. */
  readonly promised?: { readonly size: number | null; readonly files: number | null };
}

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** What the source says of a dataset beside its bytes. */
export interface About {
  readonly licence?: string;
  readonly description?: string;
  readonly homepage?: string;
}

/** What a source offers: datasets to bring, and what is left where it is, with the reason. */
export interface Offer {
  readonly planned: readonly Planned[];
  readonly skipped: readonly Skipped[];
  /** Things of the source that are no datasets, for people to look after. */
  readonly notTaken: readonly string[];
  readonly about: ReadonlyMap<string, About>;
}
