import { git, readBlobs, readTree } from '../workspace/index.ts';
import { mergeLines, type TreeChange, writeBlob } from './branch.ts';
import { mergeContents } from './content-merge.ts';
import type { Conflict, Decision, FileState, Sides, Tree } from './decision.ts';
import { ownershipOf } from './ownership.ts';
import type { Trees } from './plan.ts';

/** What stands at the end of a decision: nothing is left to be merged. */
export type Outcome =
  | Exclude<Decision, { kind: 'merge' }>
  | { readonly kind: 'merged'; readonly path: string; readonly from: string; readonly state: FileState };

export interface Settled {
  readonly outcomes: readonly Outcome[];
  /** By path, what a person needs to end a conflict: both sides in one text with marks, or the release's bytes. */
  readonly toLookAt: ReadonlyMap<string, Buffer>;
}

/** The three trees and what the release moved, one git process each. */
export async function readTrees(scratch: string, base: string, head: string, target: string): Promise<Trees> {
  const [before, yours, release] = await Promise.all(
    [base, head, target].map(async (commit) => mapOf(await readTree(scratch, commit))),
  );
  const flags = ['-r', '-z', '-M', '--diff-filter=R', '--name-status', '--no-commit-id'];
  const renamed = (await git(['diff-tree', ...flags, base, target], { cwd: scratch })).split('\0');
  const moved = new Map<string, string>();
  for (let at = 0; at + 2 < renamed.length; at += 3) moved.set(renamed[at + 2]!, renamed[at + 1]!);
  return { base: before!, yours: yours!, release: release!, moved };
}

const mapOf = (entries: readonly { path: string; mode: string; oid: string }[]): Tree =>
  new Map(entries.map(({ path, mode, oid }) => [path, { mode, oid }]));

/** Merges what is to be merged, in the scratch. What can't be is a conflict, and yours stays. */
export async function settle(scratch: string, decisions: readonly Decision[]): Promise<Settled> {
  const wanted = decisions.flatMap(contentsNeeded);
  const blobs = await readBlobs(scratch, wanted);
  const outcomes: Outcome[] = [];
  const toLookAt = new Map<string, Buffer>();
  for (const decision of decisions) {
    const outcome =
      decision.kind === 'merge' ? await settleOne(scratch, decision, blobs, toLookAt) : [decision];
    outcomes.push(...outcome);
    if (decision.kind === 'conflict' && decision.release)
      toLookAt.set(decision.path, blobs.get(decision.release.oid) ?? Buffer.alloc(0));
  }
  return { outcomes: withoutLostMoves(outcomes), toLookAt };
}

const contentsNeeded = (decision: Decision): string[] => {
  if (decision.kind === 'conflict') return decision.release ? [decision.release.oid] : [];
  if (decision.kind !== 'merge') return [];
  return [decision.base, decision.yours, decision.release].flatMap((side) => (side ? [side.oid] : []));
};

async function settleOne(
  scratch: string,
  { path, from, base, yours, release }: Sides,
  blobs: ReadonlyMap<string, Buffer>,
  toLookAt: Map<string, Buffer>,
): Promise<Outcome[]> {
  const contents = {
    base: base && blobs.get(base.oid)!,
    yours: blobs.get(yours.oid)!,
    release: blobs.get(release.oid)!,
  };
  const merge = await mergeContents(ownershipOf(path), contents, (sides) => mergeLines(scratch, sides));
  if (merge.kind === 'merged') {
    const oid = await writeBlob(scratch, merge.bytes);
    return [{ kind: 'merged', path, from, state: { mode: release.mode, oid } }];
  }
  toLookAt.set(from, merge.marked ?? contents.release);
  const moved = from === path ? {} : { movedTo: path };
  return [{ kind: 'conflict', path: from, why: merge.why, release, ...moved }];
}

/** A file that could not be merged where the release moved it stays where it was. */
function withoutLostMoves(outcomes: readonly Outcome[]): Outcome[] {
  const kept = new Set(outcomes.flatMap((one) => (one.kind === 'conflict' ? [one.path] : [])));
  return outcomes.filter((one) => one.kind !== 'remove' || !kept.has(one.path));
}

/** What the new tree has that yours has not. */
export const changesOf = (outcomes: readonly Outcome[]): TreeChange[] => outcomes.flatMap(changeOf);

function changeOf(outcome: Outcome): TreeChange[] {
  const { kind, path } = outcome;
  switch (kind) {
    case 'add':
    case 'replace':
    case 'rebuild':
      return [{ path, state: outcome.release }];
    case 'merged':
      return [{ path, state: outcome.state }];
    case 'remove':
      return [{ path, state: null }];
    case 'keep':
    case 'leave-out':
    case 'conflict':
      return [];
  }
}

export const conflictsOf = (outcomes: readonly Outcome[]): Conflict[] =>
  outcomes.filter((one) => one.kind === 'conflict');
