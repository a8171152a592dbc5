/** A file of a tree: Git's mode (`100644`, `100755`, `120000`, `160000`) and the id of its content. */
export interface FileState {
  readonly mode: string;
  readonly oid: string;
}

export type Tree = ReadonlyMap<string, FileState>;

/** Three versions of one file; `from` says where yours lies, if the release moved it. */
export interface Sides {
  readonly path: string;
  readonly from: string;
  readonly base: FileState | null;
  readonly yours: FileState;
  readonly release: FileState;
}

/** Why no version of a file is right by itself. */
export type ConflictReason =
  | 'you and the release changed the same lines'
  | 'you and the release changed a file that is no text'
  | 'you and the release added it'
  | 'you changed it, the release removed it'
  | 'the release adds it where you have something else';

/** What an upgrade does to one file. A file that stays as it is because nobody changed it has none. */
export type Decision =
  | { readonly kind: 'add' | 'replace' | 'rebuild'; readonly path: string; readonly release: FileState }
  | { readonly kind: 'remove'; readonly path: string }
  /** Changed on both sides: its bytes are still to be merged. */
  | ({ readonly kind: 'merge' } & Sides)
  /** Yours, and the release has nothing new for it. */
  | { readonly kind: 'keep'; readonly path: string }
  /** Removed by you; what the release changed in it is not taken. */
  | { readonly kind: 'leave-out'; readonly path: string }
  | Conflict;

export interface Conflict {
  readonly kind: 'conflict';
  readonly path: string;
  readonly why: ConflictReason;
  /** Null where the release has none. */
  readonly release: FileState | null;
  /** Where the release has it, if it moved it. */
  readonly movedTo?: string;
}
