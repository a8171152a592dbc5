/**
 * A place that keeps bytes by key for others: the one interface behind every `remote:` URL. Keys are relative, with
 * forward slashes (docs/formats/remote.md): `sha256/<2>/<62>` for bytes by digest, `chunks/…json` and `packs/…json`
 * for how objects are composed, `runs/…json`. Nothing that is put is over `mostUpload` bytes.
 *
 * Every method tries again by itself what is worth trying again (src/http). Errors of all of them: E_REMOTE_FAILED,
 * E_REMOTE_RATE_LIMIT, E_REMOTE_CREDENTIALS (none found, refused or expired), E_REMOTE_REDIRECT.
 */
export interface Bucket {
  /** As messages name it: never with a credential or a signed query. */
  readonly name: string;
  /** Size in bytes, or null when nothing is there. */
  stat(key: string): Promise<{ readonly size: number } | null>;
  /** Opens the bytes from `range.from` on; null when nothing is there. The caller reads or destroys `body`. */
  get(key: string, range?: ByteRange): Promise<Download | null>;
  /**
   * Puts bytes whole or not at all; the same key again with the same bytes does no harm. Errors: E_REMOTE_READ_ONLY,
   * E_REMOTE_TOO_LARGE.
   */
  put(key: string, bytes: Uint8Array, sha256: string): Promise<void>;
  /** What is below a prefix, in no order. Errors: E_REMOTE_READ_ONLY where the place can't be listed. */
  list(prefix: string): AsyncIterable<Listed>;
  /** Removes what is there; what is not is no error. Errors: E_REMOTE_READ_ONLY. */
  remove(keys: readonly string[]): Promise<void>;
  /** For places that drop what nothing names (OCI registries): names these blobs, once they are all there. */
  keep?(blobs: readonly { readonly sha256: string; readonly size: number }[]): Promise<void>;
}

/** `to` is exclusive. `validator`: only of the very version that an earlier `Download` came from, else from byte 0. */
export interface ByteRange {
  readonly from: number;
  readonly to?: number | undefined;
  readonly validator?: string | undefined;
}

export interface Download {
  /** Where `body` starts: 0 where the place does not do ranges or has another version by now. */
  readonly from: number;
  /** A strong validator (ETag) for going on later, or null. */
  readonly validator: string | null;
  /** As the place said it; for messages about pages that are no data. */
  readonly contentType: string | null;
  readonly body: AsyncIterable<Uint8Array> & { destroy(): void };
}

export interface Listed {
  readonly key: string;
  readonly size: number;
  /** When it was put, ms since 1970. */
  readonly modified: number;
}

/** The most that one `put` carries (bytes): a pack, a small object, a map. */
export const mostUpload = 64 * 1024 * 1024;
