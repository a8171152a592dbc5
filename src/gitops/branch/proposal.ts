import { createHash } from 'node:crypto';
import { environmentsRemote, fetchRefs, pushAtomic, pushRefused, remoteRefs } from '../../registry/index.ts';
import { git, LockstepError, readTree, tryGit, type Workspace } from '../../workspace/index.ts';
import type { Effects } from '../effects.ts';
import type { PromotionRequest } from '../promotion/decision.ts';
import { type BranchChange, writeObjects } from './branch-objects.ts';
import { type BranchEvent, parseMessage } from './commit-message.ts';
import type { Tip } from './tip.ts';
import type { Content } from './tree-rewrite.ts';

/** A commit on a branch of its own, for a pull request. */
export interface Proposal {
  /** `lockstep/promote/<model>/<environment>/<version>`, and the like. */
  readonly branch: string;
  /** Branch that it is to be merged to. */
  readonly target: string;
  /** Commit of the target that it was made upon. */
  readonly base: string;
  readonly commit: string;
  /** `unchanged`: it stood there already; `remade`: the target or somebody else had changed what it touches. */
  readonly state: 'made' | 'remade' | 'unchanged';
}

const mostAttempts = 10;
export const proposalBranch = (name: string): string => `lockstep/${name}`;
export const promotionProposal = (of: Pick<PromotionRequest, 'model' | 'version' | 'environment'>): string =>
  `promote/${of.model}/${of.environment}/${of.version}`;

/**
 * Puts a change on its branch, without force: upon the tip, and upon what stood there before, so that whoever looks at
 * the pull request sees it grow. The same change upon a target where nothing that it touches has moved is left alone.
 * Errors: E_GIT where there is no target to merge to, E_GIT_PUSH_REFUSED, E_PROMOTE_RACE.
 */
export async function propose(
  workspace: Workspace,
  tip: Tip,
  change: BranchChange,
  {
    name,
    what,
    ident,
    effects,
    beforePush,
  }: {
    readonly name: string;
    readonly what: string;
    readonly ident: string;
    readonly effects: Effects;
    readonly beforePush?: ((commit: string) => void) | undefined;
  },
): Promise<Proposal> {
  const { root, configuration } = workspace;
  const branch = proposalBranch(name);
  const ref = `refs/heads/${branch}`;
  const { remote, base } = await target(workspace, tip);
  const place = { branch, target: configuration.gitops.branch, base };
  let reason = '';
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const before = await readProposal(workspace, remote, base, branch);
    if (before?.current && (await isSame(workspace, before.commit, change)))
      return { ...place, base: before.base, commit: before.commit, state: 'unchanged' };
    const parents = before === null || before.merged ? [base] : [before.commit, base];
    const { commit } = await effects.perform('objects', () =>
      writeObjects(workspace, tip, change, ident, parents),
    );
    beforePush?.(commit);
    const outcome = await effects.perform('push', () => pushAtomic(root, { [ref]: commit }, remote));
    const there = await effects.perform('read back', () => remoteRefs(root, [ref], remote));
    if (there.get(ref) === commit)
      return { ...place, commit, state: before === null || before.merged ? 'made' : 'remade' };
    reason = outcome.kind === 'pushed' ? 'somebody replaced it' : outcome.reason;
    if (outcome.kind === 'refused' && there.get(ref) === (before?.commit ?? undefined))
      throw pushRefused(
        `the branch ${branch} for ${what}`,
        reason,
        configuration.gitops.repository ?? 'origin',
      );
    await effects.pause(attempt * 20);
  }
  throw new LockstepError('E_PROMOTE_RACE', {
    what: `${what}: others moved the branch ${branch} ${mostAttempts} times in a row (${reason})`,
    fix: 'run the command again',
  });
}

/** Errors: E_GIT. */
async function target(workspace: Workspace, tip: Tip): Promise<{ remote: string; base: string }> {
  const { branch } = workspace.configuration.gitops;
  const remote = await environmentsRemote(workspace);
  if (remote !== null && tip.commit !== null) return { remote, base: tip.commit };
  throw new LockstepError('E_GIT', {
    what:
      remote === null
        ? 'there is no origin, and so nobody to open a pull request with'
        : `there is no branch ${branch} at ${remote} that a pull request could be merged to`,
    where: { file: 'lockstep.yaml' },
    allowed: 'gitops: {mode: pull-request} with a branch that exists',
    fix:
      remote === null
        ? 'add the remote origin, or take `mode: push`'
        : `git push ${remote} "$(git commit-tree -m "Environments" "$(git mktree </dev/null)")":refs/heads/${branch}`,
  });
}

interface StandingProposal {
  readonly commit: string;
  /** Where it left the target. */
  readonly base: string;
  /** The target has it already. */
  readonly merged: boolean;
  /** Nothing that it touches is otherwise on the target now than where it left it. */
  readonly current: boolean;
}

/** What stands on a proposal's branch; null when there is none. */
export async function readProposal(
  workspace: Workspace,
  remote: string,
  tip: string,
  branch: string,
): Promise<StandingProposal | null> {
  const { root } = workspace;
  const ref = `refs/heads/${branch}`;
  const commit = (await remoteRefs(root, [ref], remote)).get(ref);
  if (commit === undefined) return null;
  await fetchRefs(root, [`+${ref}:refs/lockstep/proposals/${branch}`], remote);
  const found = await tryGit(['merge-base', tip, commit], { cwd: root });
  const base = found.status === 0 ? found.stdout.trim() : null;
  if (base === null) return { commit, base: tip, merged: false, current: false };
  const merged = base === commit;
  const [touched, moved] = await Promise.all([
    changedPaths(root, base, commit),
    changedPaths(root, base, tip),
  ]);
  return { commit, base, merged, current: !merged && touched.every((path) => !moved.includes(path)) };
}

const changedPaths = async (cwd: string, from: string, to: string): Promise<string[]> =>
  (await git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to], { cwd }))
    .split('\0')
    .filter(Boolean);

/** Whether a commit says and does what a change would. Evidence is signed and holds are dated anew each time: what they say is in the message. */
async function isSame({ root }: Workspace, commit: string, change: BranchChange): Promise<boolean> {
  const message = await git(['log', '-1', '--format=%B', commit], { cwd: root });
  if (essence(parseMessage(message)) !== essence(parseMessage(change.message))) return false;
  const files = new Map((await readTree(root, commit, 'models')).map(({ path, oid }) => [path, oid]));
  return [...change.files].every(([path, content]) =>
    /\/(release\.json|holds\.yaml)$/.test(path) && content !== null
      ? files.has(path)
      : (files.get(path) ?? null) === (content === null ? null : oidOf(content)),
  );
}

/** A tag is numbered anew each time, and another run may say the same. */
const essence = (event: BranchEvent | null): string =>
  event === null ? '' : JSON.stringify({ ...event, tag: undefined, run: undefined });

const oidOf = (content: NonNullable<Content>): string =>
  Buffer.isBuffer(content)
    ? createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
    : content.oid;
