import { LockstepError, nearest, resolveCommit, tryGit, type Workspace } from '../workspace/index.ts';
import type { Trust } from './envelope.ts';
import { tagMessage } from './git-objects.ts';
import { fetchRefs, hasOrigin, remoteRefs } from './origin.ts';
import { openRecord, parseEnvelope } from './release.ts';
import type { Envelope, ReleaseRecord } from './release-record.ts';
import { checkVersion, versionTag } from './tag-name.ts';
import { listVersions } from './tags.ts';
import { baseCommit, trustedKeys } from './trust.ts';

export interface Release {
  readonly record: ReleaseRecord;
  readonly envelope: Envelope;
  readonly tag: string;
  readonly commit: string;
}

export interface ReadOptions {
  /** Whose signatures count; the base commit's `trust:`, else this machine's key, unless given. */
  readonly trust?: Trust;
  /** False trusts this clone's tags without asking origin whether it has the same. */
  readonly askOrigin?: boolean;
}

/**
 * A registered version, verified: annotated tag, the same at origin, pointing at the record's commit; envelope
 * signed by somebody trusted; record of this model and version. Errors: E_VERSION, E_VERSION_UNKNOWN,
 * E_TAG_LIGHTWEIGHT, E_TAG_MOVED, E_SIGNATURE, E_RECORD_FORMAT.
 */
export async function readRelease(
  workspace: Workspace,
  model: string,
  version: string,
  options: ReadOptions = {},
): Promise<Release> {
  const { root } = workspace;
  const tag = versionTag(model, checkVersion(version));
  const object = await findTag(workspace, model, version, tag, options.askOrigin ?? true);
  const trust = options.trust ?? (await trustedKeys(workspace, await baseCommit(workspace), { local: true }));
  const envelope = await readEnvelope(root, object, tag);
  const { record } = openRecord(envelope, trust, { where: { file: `tag ${tag}` } });
  await checkBinding(root, record, model, version, tag);
  return { record, envelope, tag, commit: record.commit };
}

/** The envelope below a tag's first line. Errors: E_TAG_LIGHTWEIGHT, E_RECORD_FORMAT. */
export async function readEnvelope(root: string, object: string, tag: string): Promise<Envelope> {
  const { stdout } = await tryGit(['cat-file', '-t', object], { cwd: root });
  if (stdout.trim() !== 'tag') {
    throw new LockstepError('E_TAG_LIGHTWEIGHT', {
      what: `${tag} is a lightweight tag, which holds no record`,
      allowed: 'an annotated tag',
      fix: `git tag -d '${tag}', then register the version`,
    });
  }
  const message = await tagMessage(root, object);
  const body = message.slice(message.indexOf('\n\n') + 2).trim();
  if (message.includes('\n\n') && body.startsWith('{')) return parseEnvelope(body, { file: `tag ${tag}` });
  throw new LockstepError('E_RECORD_FORMAT', {
    what: 'no release record in the message',
    where: { file: `tag ${tag}` },
    allowed: 'one line, an empty line, the signed envelope',
    fix: 'let `lockstep register` make the tag',
  });
}

async function findTag(
  workspace: Workspace,
  model: string,
  version: string,
  tag: string,
  askOrigin: boolean,
): Promise<string> {
  const { root } = workspace;
  const ref = `refs/tags/${tag}`;
  let local = await tagObject(root, ref);
  if (askOrigin && (await hasOrigin(root))) {
    const remote = (await remoteRefs(root, [ref])).get(ref);
    if (remote !== undefined && local === null) {
      await fetchRefs(root, [`${ref}:${ref}`]);
      local = remote;
    }
    if (remote !== undefined && local !== remote) throw tagMoved(tag, `${local} here`, `${remote} at origin`);
  }
  const versions = await listVersions(root, model);
  const known = versions.filter(({ deregistered }) => !deregistered).map((entry) => entry.version);
  const takenBack = versions.some((entry) => entry.version === version && entry.deregistered);
  if (local !== null && !takenBack) return local;
  const near = nearest(version, known);
  throw new LockstepError('E_VERSION_UNKNOWN', {
    what: takenBack ? `${model} ${version} was deregistered` : `${model} has no version ${version}`,
    allowed: known.slice(-10).reverse().join(', ') || 'no version is registered yet',
    fix: near && near !== version ? `did you mean ${near}?` : `lockstep register ${model}`,
  });
}

async function tagObject(root: string, ref: string): Promise<string | null> {
  const { status, stdout } = await tryGit(['rev-parse', '--verify', '--quiet', ref], { cwd: root });
  return status === 0 ? stdout.trim() : null;
}

async function checkBinding(
  root: string,
  record: ReleaseRecord,
  model: string,
  version: string,
  tag: string,
): Promise<void> {
  if (record.model !== model || record.version !== version) {
    throw new LockstepError('E_RECORD_FORMAT', {
      what: `the record is of ${record.model} ${record.version}`,
      where: { file: `tag ${tag}` },
      allowed: `the record of ${model} ${version}`,
    });
  }
  const commit = await resolveCommit(root, `refs/tags/${tag}`);
  if (commit !== record.commit)
    throw tagMoved(tag, `commit ${record.commit} in its record`, `commit ${commit ?? 'none'} in Git`);
}

export const tagMoved = (tag: string, old: string, found: string): LockstepError =>
  new LockstepError('E_TAG_MOVED', {
    what: `the tag ${tag} moved: ${old}, ${found}`,
    allowed: 'a tag that stays where it was created',
    fix: 'find out who moved it; register a new version instead of moving an old one',
  });
