import {
  type Envelope,
  type ObservationRecord,
  personOf,
  type Seen,
  type SeenBy,
  type Trust,
} from '../../registry/index.ts';
import {
  canonicalJson,
  type Digest,
  digestOf,
  type ErrorCode,
  isLockstepError,
  type Workspace,
} from '../../workspace/index.ts';
import { writeBranch } from '../branch/branch-write.ts';
import { isProposed, type Tip } from '../branch/tip.ts';
import type { Content } from '../branch/tree-rewrite.ts';
import type { Effects } from '../effects.ts';
import { observedPath } from '../folder/environment-folder.ts';
import { currentRelease } from '../promotion/promotion-plan.ts';
import { currentTrust, recordRunKey } from '../promotion/run-key.ts';
import { placedBy, printObserved, promotionDigest, readRecorded, signObservation } from './observed.ts';

/** One environment that was seen to run what its folder names. */
export interface SeenRunning {
  readonly model: string;
  readonly environment: string;
  readonly version: string;
  /** Digest of the promotion's envelope that stood in the folder when it was looked at. */
  readonly promotion: Digest;
  readonly by: SeenBy;
  /** Golden requests that were asked, all answered as offline; null where nobody could ask them. */
  readonly golden: { readonly asked: number; readonly equal: number } | null;
}

/** What became of the sightings on the branch. */
export type Recording =
  /** `observed` and `verified` count what was new. */
  | { readonly kind: 'written'; readonly commit: string; readonly environments: readonly string[] }
  | { readonly kind: 'nothing new' }
  /** Changes are merged by people here, and nobody merges an observation. */
  | { readonly kind: 'pull-request mode' }
  | { readonly kind: 'dry run' }
  /** Nobody here counts this machine's key, so what it says would be no evidence. */
  | { readonly kind: 'not trusted' }
  /** The branch took nothing. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/**
 * Writes what is new of these sightings in one commit: the first time that a promotion was seen to run, and the first
 * time that its golden requests were answered. What the branch says already is left alone, so that a commit of ours that
 * wakes the next look ends there. Folders that changed since they were looked at are passed over.
 */
export async function recordSeen(
  workspace: Workspace,
  seen: readonly SeenRunning[],
  effects: Effects,
): Promise<Recording> {
  if (seen.length === 0) return { kind: 'nothing new' };
  if (isProposed(workspace)) return { kind: 'pull-request mode' };
  try {
    await recordRunKey(workspace, seen[0]!.model, effects);
    const trust = await currentTrust(workspace);
    const options = { effects, what: 'what was observed', proposal: 'observed' };
    const { commit, result } = await writeBranch(workspace, options, async (tip, ident) => {
      const records = await newRecords(workspace, tip, seen, {
        trust,
        by: personOf(ident),
        now: effects.now(),
      });
      const signed = await signAll(workspace, records, trust);
      const names = signed.map(({ record: { model, environment } }) => `${model}/${environment}`);
      const result = { names, isTrusted: records.length === 0 || signed.length > 0 };
      if (signed.length === 0) return { kind: 'done', result };
      const files = new Map<string, Content>(
        signed.map(({ record, envelope }) => [
          observedPath(record.model, record.environment),
          printObserved(envelope),
        ]),
      );
      return {
        kind: 'write',
        change: { files, message: messageOf(signed.map(({ record }) => record)) },
        result,
      };
    });
    if (!result.isTrusted) return { kind: 'not trusted' };
    return commit === null
      ? { kind: 'nothing new' }
      : { kind: 'written', commit, environments: result.names };
  } catch (error) {
    if (isLockstepError(error)) return { kind: 'failed', code: error.code, message: error.message };
    throw error;
  }
}

interface Signed {
  readonly record: ObservationRecord;
  readonly envelope: Envelope;
}

/** Those that others will count. */
async function signAll(
  workspace: Workspace,
  records: readonly ObservationRecord[],
  trust: Trust,
): Promise<Signed[]> {
  const signed: Signed[] = [];
  for (const record of records) {
    const envelope = await signObservation(workspace, record, trust);
    if (envelope !== null) signed.push({ record, envelope });
  }
  return signed;
}

interface Looked {
  readonly trust: Trust;
  readonly by: string;
  readonly now: Date;
}

async function newRecords(
  workspace: Workspace,
  tip: Tip,
  seen: readonly SeenRunning[],
  looked: Looked,
): Promise<ObservationRecord[]> {
  const records: ObservationRecord[] = [];
  for (const one of seen) {
    const record = await newRecord(workspace, tip, one, looked);
    if (record !== null) records.push(record);
  }
  return records;
}

/** Null where the branch has it already, or has another folder by now. */
async function newRecord(
  workspace: Workspace,
  tip: Tip,
  { model, environment, promotion, by, golden }: SeenRunning,
  { trust, by: person, now }: Looked,
): Promise<ObservationRecord | null> {
  const { verified: release } = await currentRelease(workspace, tip, model, environment, trust);
  if (release === null || promotionDigest(release) !== promotion) return null;
  const { commit } = await placedBy(workspace, tip.commit!, model, environment);
  const place = { model, environment, promotion: promotionDigest(release), commit };
  const before = await readRecorded(workspace, tip, trust, place);
  const sight: Seen = { time: now.toISOString(), by };
  const verified = before?.verified ?? (golden === null ? null : { ...sight, golden });
  if (before !== null && (before.verified !== null || verified === null)) return null;
  return {
    v: 1,
    ...place,
    version: release.version,
    record: digestOf(canonicalJson(release.recordEnvelope)),
    image: release.image,
    modelDigest: release.record.modelDigest,
    observed: before?.observed ?? sight,
    verified,
    made: { by: person },
  };
}

function messageOf(records: readonly ObservationRecord[]): string {
  const lines = records.map(
    ({ model, version, environment, verified }) =>
      `${model}: ${version} ${verified === null ? 'observed' : 'verified'} in ${environment}`,
  );
  return lines.length === 1
    ? `${lines[0]}\n`
    : `${lines.length} environments observed\n\n${lines.join('\n')}\n`;
}
