import { compareVersions } from '../registry/index.ts';
import {
  commitAtSource,
  parseSigners,
  type ReleaseSigner,
  type ReleaseTag,
  shownSource,
  signersFile,
  type Target,
  tagBytes,
  verifyReleaseTag,
  versionAt,
} from '../upgrade/index.ts';
import { isLockstepError, LockstepError, nearest, readAtCommit } from '../workspace/index.ts';

export interface UpgradeOptions {
  /** `v1.2.0`; the newest release without it. */
  readonly version?: string;
  /** Instead of a release: a commit of the template that the caller answers for. */
  readonly commit?: string;
  /** Address or whole path of the template, as `checkSource` leaves it. */
  readonly from: string;
  /** Say what would be done, and do nothing. */
  readonly check: boolean;
}

/** What an upgrade stands on. */
export interface Ground {
  /** Commit that is upgraded. */
  readonly head: string;
  /** The bare repository beside, with what was fetched. */
  readonly scratch: string;
  /** Whom `head` trusts to sign releases. */
  readonly signers: readonly ReleaseSigner[];
}

/** The tag that was asked for, or the newest that is no trial. Errors: E_VERSION_UNKNOWN, E_UPGRADE_SOURCE. */
export function wantedTag(tags: readonly string[], { version, from }: UpgradeOptions): string {
  if (version !== undefined) {
    const tag = version.startsWith('v') ? version : `v${version}`;
    if (tags.includes(tag)) return tag;
    const near = nearest(tag, tags);
    throw new LockstepError('E_VERSION_UNKNOWN', {
      what: `${shownSource(from)} has no release ${tag}`,
      allowed: tags.slice(-5).join(', ') || 'it has no release yet',
      fix: near ? `did you mean ${near}?` : 'name one of them, or none for the newest',
    });
  }
  const newest = tags.findLast((tag) => !tag.includes('-'));
  if (newest !== undefined) return newest;
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `${shownSource(from)} has no release`,
    allowed: 'a repository with tags v1.2.3, signed',
    fix: 'wait for one, or name the commit that you trust: lockstep upgrade --commit <40 hex digits>',
  });
}

/** A repository that has no version takes any. */
export const isNotNewer = (tag: string, version: string | null): boolean =>
  version !== null && compareVersions(tag, `v${version}`) <= 0;

export interface Verified {
  readonly to: Target;
  /** Of the releases on the way and of this one, oldest first. */
  readonly notes: readonly Pick<ReleaseTag, 'tag' | 'notes'>[];
}

/**
 * The release, signed by one whom this repository names, or whom a release on the way names that is signed so itself:
 * keys may change without every copy taking every release. Errors: E_SIGNATURE, E_TAG_*, E_UPGRADE_SOURCE.
 */
export async function signedRelease(
  ground: Ground,
  tags: readonly string[],
  here: string | null,
  wanted: string,
): Promise<Verified> {
  const { scratch } = ground;
  const onTheWay = tags.filter(
    (tag) => !tag.includes('-') && !isNotNewer(tag, here) && compareVersions(tag, wanted) < 0,
  );
  const notes: Pick<ReleaseTag, 'tag' | 'notes'>[] = [];
  let { signers } = ground;
  for (const tag of onTheWay) {
    const passed = await verifiedTag(scratch, tag, signers).catch(ignoreRefused);
    if (passed === null) continue;
    notes.push({ tag, notes: passed.notes });
    signers = parseSigners((await readAtCommit(scratch, passed.commit, signersFile))?.toString() ?? '');
  }
  const { commit, signer, notes: last } = await verifiedTag(scratch, wanted, signers);
  const version = await versionAt(scratch, commit);
  if (`v${version}` === wanted)
    return {
      to: { label: wanted, version: wanted.slice(1), commit, signer },
      notes: [...notes, { tag: wanted, notes: last }],
    };
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `the release ${wanted} calls itself ${version ?? 'nothing'} in package.json`,
    where: { file: `tag ${wanted}` },
    allowed: 'the version of the tag',
    fix: 'take another version; the maintainers of the template should know',
  });
}

const verifiedTag = async (
  scratch: string,
  tag: string,
  signers: readonly ReleaseSigner[],
): Promise<ReleaseTag> => verifyReleaseTag(await tagBytes(scratch, tag), tag, signers);

/** What is not taken need not be good; it is not believed, that is all. */
function ignoreRefused(error: unknown): null {
  if (isLockstepError(error)) return null;
  throw error;
}

/** Nobody signed it: whoever names it answers for it. Errors: E_UPGRADE_SOURCE. */
export async function namedCommit({ scratch }: Ground, { commit, from }: UpgradeOptions): Promise<Verified> {
  const found = await commitAtSource(scratch, from, commit!);
  const version = await versionAt(scratch, found);
  const to = { label: found.slice(0, 12), version: version ?? '', commit: found, signer: null };
  if (version !== null) return { to, notes: [] };
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `commit ${found} has no package.json with a version`,
    allowed: 'a commit of the template',
    fix: 'see that --from names the template',
  });
}
