import { isUtf8 } from 'node:buffer';
import { isLockstepError, parseJson } from '../workspace/index.ts';
import type { ConflictReason } from './decision.ts';
import { type JsonRules, mergeJson } from './json-merge.ts';
import type { Ownership } from './ownership.ts';

export interface Contents {
  readonly base: Buffer | null;
  readonly yours: Buffer;
  readonly release: Buffer;
}

export type ContentMerge =
  | { readonly kind: 'merged'; readonly bytes: Buffer }
  | {
      readonly kind: 'conflict';
      readonly why: ConflictReason;
      /** Both sides in one text, marked as Git does; null where that makes no sense. */
      readonly marked: Buffer | null;
    };

/** Merges lines as Git does; not clean where the same lines changed on both sides, which `text` then shows marked. */
export type MergeLines = (
  contents: Contents & { readonly base: Buffer },
) => Promise<{ clean: boolean; text: Buffer }>;

/** Merges what both sides changed: package.json and its lock by their names, any other text by its lines. */
export async function mergeContents(
  ownership: Ownership,
  contents: Contents,
  mergeLines: MergeLines,
): Promise<ContentMerge> {
  const { base, yours, release } = contents;
  if ([base, yours, release].some((bytes) => bytes && (bytes.includes(0) || !isUtf8(bytes))))
    return { kind: 'conflict', why: 'you and the release changed a file that is no text', marked: null };
  if (ownership === 'manifest' || ownership === 'lock') {
    const bytes = mergePackages(contents, ownership === 'lock' ? lockRules : manifestRules);
    if (bytes) return { kind: 'merged', bytes };
  }
  const { clean, text } = await mergeLines({ ...contents, base: base ?? Buffer.alloc(0) });
  return clean
    ? { kind: 'merged', bytes: text }
    : { kind: 'conflict', why: 'you and the release changed the same lines', marked: text };
}

/** What the release is called is the release's word. */
const manifestRules: JsonRules = {
  whole: () => false,
  winner: ([name]) => (name === 'version' ? 'release' : 'nobody'),
};

/** A package's entry is one fact; `npm install` mends what the release's own versions leave to mend. */
const lockRules: JsonRules = {
  whole: ([name, path]) => name === 'packages' && path !== undefined && path !== '',
  winner: () => 'release',
};

/** Null when it can't be read as JSON or both sides changed one value: then lines are merged, and people look. */
function mergePackages({ base, yours, release }: Contents, rules: JsonRules): Buffer | null {
  try {
    const [before, mine, next] = [base ?? Buffer.from('{}'), yours, release].map(
      (bytes) => parseJson(bytes, 'package.json').value,
    );
    const { value, conflicts } = mergeJson(before, mine, next, rules);
    return conflicts.length > 0 ? null : Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    if (isLockstepError(error)) return null;
    throw error;
  }
}
