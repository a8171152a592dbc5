import type { Digest } from '../workspace/index.ts';

export interface CodeFile {
  /** Relative to the repository root, forward slashes. */
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
}

export type CodeEntry =
  | { readonly kind: 'file'; readonly file: CodeFile }
  /** Sorted by the bytes of their paths. */
  | { readonly kind: 'folder'; readonly files: readonly CodeFile[] };

/** Where a pipeline's code is read: the work tree, or a commit. Paths are relative to the repository root. */
export interface CodeSource {
  /** What stands at a path, with digests, or null. Errors: E_PATH_TRAVERSAL for links. */
  find(path: string): Promise<CodeEntry | null>;
  /** A file's bytes, or null. */
  read(path: string): Promise<Buffer | null>;
  /** Names of the files directly in a folder, for suggestions. */
  names(folder: string): Promise<readonly string[]>;
}

/** Folders that tools fill beside code and that nobody means when naming the folder they lie in. */
export const skippedFolders: readonly string[] = [
  '.git',
  '.lockstep',
  '.venv',
  '.ipynb_checkpoints',
  '.pytest_cache',
  '__pycache__',
  'node_modules',
];

export const byPath = (a: { path: string }, b: { path: string }): number =>
  Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
