import type { ErrorCode } from '../../src/workspace/index.ts';
import type { Repository } from './repository.ts';

/** One row: a repository that works, made wrong in one way, and the command that must say so. */
export interface BadInput {
  readonly name: string;
  /** Makes the repository wrong. */
  readonly given?: (repository: Repository, remote: string) => unknown;
  readonly command: readonly string[];
  readonly code: ErrorCode;
  /** Variables of the command's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Rows that differ in the content of one file. */
export const inFile = (
  path: string,
  command: readonly string[],
  rows: readonly (readonly [name: string, code: ErrorCode, content: string | Uint8Array])[],
): BadInput[] =>
  rows.map(([name, code, content]) => ({
    name,
    code,
    command,
    given: (repository) => repository.write(path, content),
  }));
