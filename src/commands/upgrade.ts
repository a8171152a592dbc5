import { rmSync } from 'node:fs';
import { committer, compareVersions } from '../registry/index.ts';
import {
  changesOf,
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
  readTrees,
  releaseTags,
  settle,
  shownSource,
  signersFile,
  type Task,
  tasksOf,
  type UpgradeFacts,
  versionAt,
  writeTree,
} from '../upgrade/index.ts';
import {
  LockstepError,
  readAtCommit,
  resolveCommit,
  scratchPath,
  statePath,
  type Workspace,
} from '../workspace/index.ts';
import {
  type Ground,
  isNotNewer,
  namedCommit,
  signedRelease,
  type UpgradeOptions,
  wantedTag,
} from './upgrade-target.ts';

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
  const signers = parseSigners((await readAtCommit(root, head, signersFile))?.toString() ?? '');
  const scratch = scratchPath(workspace, 'upgrade', '.git');
  try {
    await makeScratch(root, scratch);
    return await merge(workspace, options, { head, scratch, signers });
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
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
  const { to, notes } =
    wanted === null ? await namedCommit(ground, options) : await signedRelease(ground, tags, here, wanted);
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
    notes,
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
