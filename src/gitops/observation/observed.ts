import schema from '../../../docs/schemas/observed.json' with { type: 'json' };
import {
  checkSubjects,
  type Envelope,
  type ObservationRecord,
  observationPredicate,
  openStatement,
  parseEnvelope,
  type Statement,
  signStatement,
  statementOf,
  type Trust,
  verifyEnvelope,
} from '../../registry/index.ts';
import {
  canonicalJson,
  type Digest,
  digestOf,
  isLockstepError,
  LockstepError,
  readBlobs,
  tryGit,
  type Workspace,
} from '../../workspace/index.ts';
import type { Tip } from '../branch/tip.ts';
import { folderOf, observedPath, placeOf } from '../folder/environment-folder.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';

/** One file `models/<model>/observed/<environment>.json`, opened when it is asked for, with its errors. */
export interface ObservedFile {
  readonly path: string;
  readonly model: string;
  readonly environment: string;
  /** Null where a link or another repository stands in its place. */
  readonly bytes: Buffer | null;
  readonly open: () => ObservationRecord;
}

/** Which promotion stands in a folder, and which commit of the branch put it there. */
export interface Placement {
  readonly promotion: Digest;
  readonly commit: string;
}

export const promotionDigest = ({ promotionEnvelope }: Pick<VerifiedRelease, 'promotionEnvelope'>): Digest =>
  digestOf(canonicalJson(promotionEnvelope));

/** The branch's last commit that changed a folder, and its time. */
export async function placedBy(
  { root }: Workspace,
  tip: string,
  model: string,
  environment: string,
): Promise<{ readonly commit: string; readonly time: Date }> {
  // The branch's own commit: one that was merged may be older.
  const how = ['log', '-1', '--first-parent', '--format=%H %ct'];
  const { stdout } = await tryGit([...how, tip, '--', folderOf(model, environment)], { cwd: root });
  const [commit = '', seconds] = stdout.trim().split(' ');
  return { commit, time: new Date(Number(seconds) * 1000) };
}

/** All observations on the branch, in one git process. */
export async function readAllObserved(workspace: Workspace, tip: Tip, trust: Trust): Promise<ObservedFile[]> {
  const found = tip.entries.flatMap((entry) => {
    const place = placeOf(entry.path);
    return place?.kind === 'observed' ? [{ ...place, entry }] : [];
  });
  const plain = found.filter(({ entry }) => entry.mode.startsWith('100'));
  const blobs = await readBlobs(
    workspace.root,
    plain.map(({ entry }) => entry.oid),
  );
  return found.map(({ model, environment, entry: { path, mode, oid } }) => ({
    path,
    model,
    environment,
    bytes: blobs.get(oid) ?? null,
    open() {
      if (mode.startsWith('100')) return openObserved(blobs.get(oid)!, { model, environment, trust });
      throw new LockstepError('E_ENV_FILE_LINK', {
        what: 'no plain file',
        where: { file: path, line: 1 },
        allowed: 'plain files only',
      });
    },
  }));
}

/** What was recorded of this very placement; null for none, and for one that proves nothing: `verify` says why. */
export function recordedOf(
  file: Pick<ObservedFile, 'open'> | undefined,
  placement: Placement,
): ObservationRecord | null {
  const record = file === undefined ? null : provenRecord(file);
  return record !== null && isOf(record, placement) ? record : null;
}

/** An observation counts for one placement, and says nothing of the next. */
export const isOf = (record: Placement, { promotion, commit }: Placement): boolean =>
  record.promotion === promotion && record.commit === commit;

/** Null for one that proves nothing. */
export function provenRecord(file: Pick<ObservedFile, 'open'>): ObservationRecord | null {
  try {
    return file.open();
  } catch (error) {
    if (isLockstepError(error)) return null;
    throw error;
  }
}

/** The same for one environment on one tip. */
export async function readRecorded(
  workspace: Workspace,
  tip: Tip,
  trust: Trust,
  { model, environment, ...placement }: Placement & { readonly model: string; readonly environment: string },
): Promise<ObservationRecord | null> {
  const own = tip.entries.filter(({ path }) => path === observedPath(model, environment));
  const [file] = await readAllObserved(workspace, { ...tip, entries: own }, trust);
  return recordedOf(file, placement);
}

/**
 * The observation in a file's bytes: signed by somebody trusted for this environment, and of the model and environment
 * that the path names. Errors: E_JSON_*, E_RECORD_FORMAT, E_SIGNATURE, E_OBSERVED_BINDING.
 */
function openObserved(
  bytes: Buffer,
  { model, environment, trust }: { model: string; environment: string; trust: Trust },
): ObservationRecord {
  const where = { file: observedPath(model, environment), line: 1 };
  const envelope = parseEnvelope(bytes.toString(), where);
  const kind = { predicateType: observationPredicate, schema };
  const { statement } = openStatement<ObservationRecord>(envelope, trust, kind, { where, environment });
  const record = statement.predicate;
  const [name, digest] = record.image.split('@') as [string, Digest];
  checkSubjects(statement, { [name]: digest }, where);
  if (record.model === model && record.environment === environment) return record;
  throw new LockstepError('E_OBSERVED_BINDING', {
    what: `an observation of ${record.model} in ${record.environment}`,
    where,
    allowed: `one of ${model} in ${environment}`,
    fix: 'lockstep observe writes it anew',
  });
}

export function observationStatement(record: ObservationRecord): Statement<ObservationRecord> {
  const [name, digest] = record.image.split('@') as [string, Digest];
  return statementOf(observationPredicate, record, { [name]: digest });
}

/** Null where nobody counts what is signed here: it would be no evidence. Errors: E_REMOTE_* of who signs without a key. */
export async function signObservation(
  workspace: Workspace,
  record: ObservationRecord,
  trust: Trust,
): Promise<Envelope | null> {
  const { environment } = record;
  try {
    const envelope = await signStatement(workspace, observationStatement(record), environment);
    verifyEnvelope(envelope, trust, { environment });
    return envelope;
  } catch (error) {
    if (isLockstepError(error, 'E_SIGNATURE') || isLockstepError(error, 'E_KEYLESS')) return null;
    throw error;
  }
}

export const printObserved = (envelope: Envelope): Buffer => Buffer.from(`${canonicalJson(envelope)}\n`);
