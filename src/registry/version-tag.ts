import recordSchema from '../../docs/schemas/record.json' with { type: 'json' };
import {
  canonicalJson,
  hexOf,
  LockstepError,
  resolveCommit,
  tryGit,
  type Workspace,
} from '../workspace/index.ts';
import { releasePredicate, statementOf } from './envelope.ts';
import { committer, writeTagObject } from './git-objects.ts';
import { fetchRefs, hasOrigin, pushAtomic, remoteRefs } from './origin.ts';
import { pushRefused } from './push-refusal.ts';
import { readEnvelope } from './read-release.ts';
import { checked, releaseSubjects } from './release.ts';
import type { ReleaseRecord } from './release-record.ts';
import { signStatement } from './statement-signer.ts';
import { versionTag } from './tag-name.ts';
import { listVersions } from './tags.ts';

export interface Registration {
  readonly tag: string;
  readonly version: string;
  /** False when the same record was registered before. */
  readonly created: boolean;
  readonly pushed: boolean;
}

/**
 * Registers a version: an annotated tag at the record's commit whose message is the signed record. Create-only;
 * with `push` and a remote `origin` it exists there first, so that of two who want one name exactly one gets it.
 * Running it again with the same record (its `made` aside) ends the same. Errors: E_GIT_IDENTITY, E_RECORD_FORMAT,
 * E_TAG_EXISTS (choose the next version), E_VERSION (the commit has another version), E_GIT_PUSH_REFUSED.
 */
export async function createVersionTag(
  workspace: Workspace,
  {
    record,
    commit,
    push,
  }: { readonly record: ReleaseRecord; readonly commit: string; readonly push: boolean },
): Promise<Registration> {
  const { root } = workspace;
  const ident = await committer(root);
  const tag = versionTag(record.model, record.version);
  await checkRecord(root, record, commit, tag);
  const ref = `refs/tags/${tag}`;
  const toOrigin = push && (await hasOrigin(root));
  const result = { tag, version: record.version, pushed: toOrigin };
  const atOrigin = toOrigin ? await adoptRemote(root, ref) : null;
  const existing = atOrigin ?? (await localTag(root, ref));
  if (existing !== null) {
    await checkSame(root, existing, tag, record);
    if (toOrigin && atOrigin === null) await pushTag(root, ref, existing);
    return { ...result, created: false };
  }
  await checkOneVersion(root, record);
  const statement = statementOf(releasePredicate, record, releaseSubjects(record));
  const envelope = await signStatement(workspace, statement);
  const message = `${record.model} ${record.version}: model ${hexOf(record.modelDigest).slice(0, 12)}, image ${hexOf(record.image.digest).slice(0, 12)}\n\n${canonicalJson(envelope)}`;
  const object = await writeTagObject(root, { tag, commit, ident, message });
  if (toOrigin) await pushTag(root, ref, object);
  await createLocal(root, ref, object, tag);
  return { ...result, created: true };
}

async function checkRecord(root: string, record: ReleaseRecord, commit: string, tag: string): Promise<void> {
  const where = { file: `record of ${tag}` };
  checked<ReleaseRecord>({ ...where, value: record, locate: () => where }, recordSchema, where);
  if (record.commit !== commit || (await resolveCommit(root, commit)) !== commit) {
    throw new LockstepError('E_RECORD_FORMAT', {
      what: `the record speaks of commit ${record.commit}, the tag would point at ${commit}`,
      where,
      allowed: 'one existing commit, named in full',
    });
  }
}

/** The tag as origin has it, fetched when this clone lacks it. */
async function adoptRemote(root: string, ref: string): Promise<string | null> {
  const remote = (await remoteRefs(root, [ref])).get(ref) ?? null;
  if (remote !== null && (await localTag(root, ref)) === null) await fetchRefs(root, [`${ref}:${ref}`]);
  return remote;
}

async function localTag(root: string, ref: string): Promise<string | null> {
  const { status, stdout } = await tryGit(['rev-parse', '--verify', '--quiet', ref], { cwd: root });
  return status === 0 ? stdout.trim() : null;
}

/** Who comes again after a crash brings the same record, made a little later. */
async function checkSame(root: string, object: string, tag: string, record: ReleaseRecord): Promise<void> {
  const envelope = await readEnvelope(root, object, tag);
  const { predicate } = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as {
    predicate: ReleaseRecord;
  };
  const essence = ({ made: _, ...rest }: ReleaseRecord) => canonicalJson(rest);
  if (essence(predicate) !== essence(record)) throw tagExists(tag);
}

const tagExists = (tag: string): LockstepError =>
  new LockstepError('E_TAG_EXISTS', {
    what: `the tag ${tag} exists already with another record`,
    allowed: 'a version nobody has registered',
    fix: 'register again: the next free version is chosen',
  });

async function checkOneVersion(root: string, record: ReleaseRecord): Promise<void> {
  const versions = await listVersions(root, record.model);
  const other = versions.find(
    ({ commit, version }) => commit === record.commit && version !== record.version,
  );
  if (!other) return;
  throw new LockstepError('E_VERSION', {
    what: `commit ${record.commit.slice(0, 12)} is ${record.model} ${other.version} already`,
    allowed: 'one version of a model per commit',
    fix: `promote ${other.version}, or commit a change and register that`,
  });
}

async function pushTag(root: string, ref: string, object: string): Promise<void> {
  const outcome = await pushAtomic(root, { [ref]: object });
  if (outcome.kind === 'pushed') return;
  const now = (await remoteRefs(root, [ref])).get(ref);
  if (now === object) return; // The answer was lost, not the push.
  const tag = ref.slice('refs/tags/'.length);
  throw now === undefined ? pushRefused(`the tag ${tag}`, outcome.reason) : tagExists(tag);
}

async function createLocal(root: string, ref: string, object: string, tag: string): Promise<void> {
  const { status } = await tryGit(['update-ref', '--no-deref', ref, object, '0'.repeat(object.length)], {
    cwd: root,
  });
  if (status !== 0 && (await localTag(root, ref)) !== object) throw tagExists(tag);
}
