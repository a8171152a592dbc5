import schema from '../../docs/schemas/keys.json' with { type: 'json' };
import { checkSchema, parseYaml, readAtCommit, type Workspace } from '../workspace/index.ts';
import { knownBranchCommit } from './known-branch.ts';

/** Where the branch `environments` keeps the public keys of runs: `docs/schemas/keys.json`. */
export const branchKeysFile = 'keys.yaml';

export interface BranchKey {
  /** SPKI in base64. */
  readonly key: string;
  /** The run, or the person. */
  readonly by: string;
  readonly time: string;
}

const empty = 'v: 1\nkeys:\n';

/** Errors: E_YAML_*, E_CONFIG_*. */
export const parseBranchKeys = (bytes: Uint8Array): readonly BranchKey[] =>
  checkSchema<{ keys: readonly BranchKey[] }>(parseYaml(bytes, branchKeysFile), schema).keys;

/** One more line; the others stay byte for byte. */
export function withBranchKey(text: string | null, { key, by, time }: BranchKey): string {
  const before = text ?? empty;
  const line = `  - {key: "${key}", by: ${JSON.stringify(by)}, time: "${time}"}\n`;
  return `${before.endsWith('\n') ? before : `${before}\n`}${line}`;
}

/** The keys as the branch was fetched last; none before its first commit. */
export async function readBranchKeys(workspace: Workspace): Promise<readonly BranchKey[]> {
  const commit = await knownBranchCommit(workspace);
  const bytes = commit === null ? null : await readAtCommit(workspace.root, commit, branchKeysFile);
  return bytes === null ? [] : parseBranchKeys(bytes);
}
