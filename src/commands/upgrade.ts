import { rmSync } from 'node:fs';
import { committer, compareVersions } from '../registry/index.ts';
import {
  type Base,
  changesOf,
  checkSource,
  commitAtSource,
  fetchReleases,
  findBase,
  landBranch,
  leaveFiles,
  makeScratch,
  messageOf,
  noBase,
  parseSigners,
  personEnvironment,
  planUpgrade,
  type ReleaseSigner,
  type ReleaseTag,
  readTrees,
  releaseTags,
  settle,
  shownSource,
  signersFile,
  type Target,
  type Task,
  tagBytes,
  tasksOf,
  type UpgradeFacts,
  verifyReleaseTag,
  versionAt,
  writeTree,
} from '../upgrade/index.ts';
import {
  LockstepError,
  nearest,
  readAtCommit,
  resolveCommit,
  scratchPath,
  statePath,
  type Workspace,
} from '../workspace/index.ts';

export interface UpgradeOptions {
  /** `v1.2.0`; the newest release without it. */
  readonly version?: string;
  /** Instead of a release: a commit of the template that the caller answers for. */
  readonly commit?: string;
  /** Address or path of the template. */
  readonly from: string;
  /** Say what would be done, and do nothing. */
  readonly check: boolean;
}

export type Upgrade =
  | { readonly kind: 'up to date'; readonly version: string; readonly newest: string }
  | (UpgradeFacts & {
      readonly kind: 'planned' | 'made' | 'there';
      readonly tasks: readonly Task[];
      readonly branch: string;
      /** Null when only planned. */
      readonly commit: string | null;
    });

/**
 * Merges a verified release of the template into what is committed here, on a branch of its own. The work tree, the
 * current branch and the tags stay as they are; what the team fills is never touched. Errors: E_UPGRADE_*,
 * E_SIGNATURE, E_TAG_LIGHTWEIGHT, E_TAG_MOVED, E_VERSION_UNKNOWN, E_GIT, E_GIT_IDENTITY.
 */
export async function upgrade(workspace: Workspace, options: UpgradeOptions): Promise<Upgrade> {
  const { root } = workspace;
  const head = await resolveCommit(root, 'HEAD');
  if (head === null)
    throw new LockstepError('E_GIT', { what: 'nothing is committed', fix: 'commit what you have first' });
  const source = checkSource(options.from);
  const signers = parseSigners((await readAtCommit(root, head, signersFile))?.toString() ?? '');
  const scratch = scratchPath(workspace, 'upgrade', '.git');
  try {
    await makeScratch(root, scratch);
    return await merge(workspace, { ...options, from: source }, { head, scratch, signers });
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Ground {
  readonly head: string;
  readonly scratch: string;
  readonly signers: readonly ReleaseSigner[];
}

async function merge(workspace: Workspace, options: UpgradeOptions, ground: Ground): Promise<Upgrade> {
  const { root } = workspace;
  const { head, scratch, signers } = ground;
  const tags = (await releaseTags(scratch, options.from)).sort(compareVersions);
  const here = await versionAt(root, head);
  const wanted = options.commit === undefined ? wantedTag(tags, options) : null;
  if (wanted !== null && tags.includes(`v${here}`) && isNotNewer(wanted, here))
    return notNewer(options, here!, wanted);
  const branches = wanted === null ? ['refs/heads/*'] : [];
  await fetchReleases(scratch, options.from, [...branches, ...tags.map((tag) => `refs/tags/${tag}`)]);
  const to = wanted === null ? await namedCommit(ground, options) : await release(ground, wanted);
  const from = await findBase({ root, head, scratch, target: to.commit, tags, signers });
  const version = from?.version ?? here;
  if (wanted !== null && isNotNewer(wanted, version)) return notNewer(options, version!, wanted);
  if (from === null) throw noBase(here);
  if (from.commit === to.commit) return { kind: 'up to date', version: from.version, newest: to.label };
  const trees = await readTrees(scratch, from.commit, head, to.commit);
  const { outcomes, toLookAt } = await settle(scratch, planUpgrade(trees));
  const facts: UpgradeFacts = {
    source: shownSource(options.from),
    from,
    to,
    outcomes,
    notes: wanted === null ? [] : await notesBetween(ground, tags, from, wanted),
    folder: `.lockstep/upgrade/${to.label}`,
  };
  const branch = `lockstep/upgrade-${to.label}`;
  const result = { ...facts, tasks: tasksOf(facts), branch };
  if (options.check) return { kind: 'planned', ...result, commit: null };
  const person = personEnvironment(await committer(root));
  const tree = await writeTree(scratch, head, changesOf(outcomes));
  leaveFiles(statePath(workspace, 'upgrade', to.label), toLookAt);
  const landed = await landBranch(root, scratch, { branch, head, tree, message: messageOf(facts) }, person);
  return { ...result, ...landed };
}

/** The tag that was asked for, or the newest that is no trial. Errors: E_VERSION_UNKNOWN, E_UPGRADE_SOURCE. */
function wantedTag(tags: readonly string[], { version, from }: UpgradeOptions): string {
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

const isNotNewer = (tag: string, version: string | null): boolean =>
  version !== null && compareVersions(tag, `v${version}`) <= 0;

/** Newer here than there is no error unless somebody asked to go back. */
function notNewer({ version }: UpgradeOptions, here: string, wanted: string): Upgrade {
  if (version === undefined || compareVersions(wanted, `v${here}`) === 0)
    return { kind: 'up to date', version: here, newest: wanted };
  throw new LockstepError('E_VERSION_UNKNOWN', {
    what: `${wanted} is older than the v${here} that is here`,
    allowed: `a release after v${here}`,
    fix: 'to go back, revert the commit of the upgrade: git revert',
  });
}

async function release({ scratch, signers }: Ground, tag: string): Promise<Target> {
  const { commit, signer } = verifyReleaseTag(await tagBytes(scratch, tag), tag, signers);
  const version = await versionAt(scratch, commit);
  if (`v${version}` === tag) return { label: tag, version: tag.slice(1), commit, signer };
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `the release ${tag} calls itself ${version ?? 'nothing'} in package.json`,
    where: { file: `tag ${tag}` },
    allowed: 'the version of the tag',
    fix: 'take another version; the maintainers of the template should know',
  });
}

async function namedCommit({ scratch }: Ground, { commit, from }: UpgradeOptions): Promise<Target> {
  const found = await commitAtSource(scratch, from, commit!);
  const version = await versionAt(scratch, found);
  if (version !== null) return { label: found.slice(0, 12), version, commit: found, signer: null };
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: `commit ${found} has no package.json with a version`,
    allowed: 'a commit of the template',
    fix: 'see that --from names the template',
  });
}

/** What the releases on the way say of themselves, of those that are signed. */
async function notesBetween(
  { scratch, signers }: Ground,
  tags: readonly string[],
  from: Base,
  to: string,
): Promise<Pick<ReleaseTag, 'tag' | 'notes'>[]> {
  const between = tags.filter(
    (tag) => compareVersions(tag, `v${from.version}`) > 0 && compareVersions(tag, to) <= 0,
  );
  const notes: Pick<ReleaseTag, 'tag' | 'notes'>[] = [];
  for (const tag of between.filter((one) => one === to || !one.includes('-'))) {
    try {
      const verified = verifyReleaseTag(await tagBytes(scratch, tag), tag, signers);
      notes.push({ tag, notes: verified.notes });
    } catch (error) {
      // It is not what is taken; its words are left out, that is all.
      if (!(error instanceof LockstepError)) throw error;
    }
  }
  return notes;
}
