import { randomInt } from 'node:crypto';
import {
  committer,
  environmentsRemote,
  fetchRefs,
  pushAtomic,
  pushRefused,
  remoteRefs,
} from '../../registry/index.ts';
import { LockstepError, statePath, tryGit, type Workspace, withLock } from '../../workspace/index.ts';
import type { Effects } from '../effects.ts';
import { type BranchChange, type Refs, writeObjects } from './branch-objects.ts';
import { type Published, updateLocal } from './local-branch.ts';
import { type Proposal, propose } from './proposal.ts';
import { branchRef, fetchedRef, isProposed, readTip, type Tip } from './tip.ts';

/** What to do on a tip: a change to write, or the answer that nothing needs writing. */
export type Attempt<T> =
  | { readonly kind: 'write'; readonly change: BranchChange; readonly result: T }
  | { readonly kind: 'done'; readonly result: T };

export interface Written<T> {
  readonly result: T;
  /** Null when nothing was written. */
  readonly commit: string | null;
  /** Where people have to merge it: nothing is on the branch yet. */
  readonly proposal: Proposal | null;
  readonly attempts: number;
}

export interface WriteOptions {
  readonly effects: Effects;
  /** The model that is written about, whose tags count; left out for several at once. */
  readonly tagsOf?: string;
  /** What is being written, for messages. */
  readonly what: string;
  /** Of the branch `lockstep/<proposal>` where changes are proposed: `promote/churn/dev/v1.2.0`. */
  readonly proposal: string;
  /** Told the commit before anybody else can see it. */
  readonly beforePush?: (commit: string) => void;
}

/** Of forty writers at once on two busy cores, one needed nine. */
const mostAttempts = 20;

/**
 * Reads the tip, asks `attempt` what to write on it, and pushes commit and tag in one atomic push without force; the
 * commit alone where it goes to another repository, or onto a branch of its own for a pull request. When the branch
 * moved meanwhile everything is read and judged again. Errors: E_GIT_IDENTITY before anything is done, E_PROMOTE_RACE
 * after twenty tries, E_GIT_PUSH_REFUSED, and whatever `attempt` refuses with.
 */
export async function writeBranch<T>(
  workspace: Workspace,
  options: WriteOptions,
  attempt: (tip: Tip, ident: string) => Promise<Attempt<T>>,
): Promise<Written<T>> {
  const ident = await committer(workspace.root);
  // Writers in one clone queue here; those in others meet at the push.
  const lock = statePath(workspace, 'locks', 'environments.lock');
  return withLock(lock, { what: options.what, waitMs: 120_000 }, () =>
    tryWrite(workspace, options, ident, attempt),
  );
}

async function tryWrite<T>(
  workspace: Workspace,
  { effects, tagsOf, what, proposal: name, beforePush }: WriteOptions,
  ident: string,
  attempt: (tip: Tip, ident: string) => Promise<Attempt<T>>,
): Promise<Written<T>> {
  let reason = '';
  let last: { readonly tip: Tip; readonly next: Attempt<T> } | undefined;
  for (let attempts = 1; attempts <= mostAttempts; attempts++) {
    const started = performance.now();
    const asked = { ...(tagsOf === undefined ? {} : { tagsOf }), ask: 'required' } as const;
    const tip = await effects.perform('read', () => readTip(workspace, asked));
    const next = last && isUntouched(last.tip, tip, tagsOf) ? last.next : await attempt(tip, ident);
    last = { tip, next };
    if (next.kind === 'done') return { result: next.result, commit: null, proposal: null, attempts };
    if (isProposed(workspace)) {
      const proposal = await propose(workspace, tip, next.change, { name, what, ident, effects, beforePush });
      return { result: next.result, commit: null, proposal, attempts };
    }
    const { commit, refs } = await effects.perform('objects', () =>
      writeObjects(workspace, tip, next.change, ident),
    );
    beforePush?.(commit);
    const outcome = await publish(workspace, effects, tip, commit, refs);
    if (outcome.kind === 'written') return { result: next.result, commit, proposal: null, attempts };
    if (outcome.kind === 'refused')
      throw pushRefused(what, outcome.reason, workspace.configuration.gitops.repository ?? 'origin');
    reason = outcome.reason;
    await effects.pause(gap(performance.now() - started, attempts));
  }
  throw new LockstepError('E_PROMOTE_RACE', {
    what: `${what}: others moved the branch ${mostAttempts} times in a row (${reason})`,
    fix: 'run the command again',
  });
}

/**
 * Random, and up to twice as long after each try, in milliseconds. The slower a try was, the more writers there are,
 * and so long must the gaps between them be for one to come through.
 */
const gap = (tryTook: number, attempts: number): number =>
  randomInt(5, 10 + Math.min(10_000, Math.ceil(tryTook * 2 ** attempts)));

/** Whether nothing of this model changed between two tips: then what was judged on the first holds on the second. */
function isUntouched(before: Tip, now: Tip, model: string | undefined): boolean {
  if (model === undefined) return false;
  const own = ({ entries }: Tip) =>
    entries
      .filter(({ path }) => path.startsWith(`models/${model}/`))
      .map(({ mode, oid, path }) => `${mode} ${oid} ${path}`)
      .join('\n');
  return !now.newTags && own(before) === own(now);
}

async function publish(
  workspace: Workspace,
  effects: Effects,
  tip: Tip,
  commit: string,
  refs: Refs['refs'],
): Promise<Published> {
  const { root } = workspace;
  const remote = await environmentsRemote(workspace);
  if (remote === null) return effects.perform('push', () => updateLocal(workspace, tip, refs));
  const outcome = await effects.perform('push', () => pushAtomic(root, refs, remote));
  const landed = await effects.perform('read back', () => isLanded(workspace, remote, commit));
  if (outcome.kind !== 'pushed' && !landed) {
    const moved = outcome.kind === 'moved' || (await remoteMoved(workspace, remote, tip, refs));
    return { kind: moved ? 'moved' : 'refused', reason: outcome.reason };
  }
  if (!landed) return { kind: 'moved', reason: 'origin took the commit and lost it again' };
  await effects.perform('refs', () => rememberRefs(root, refs));
  return { kind: 'written' };
}

/** The state is read back: our commit is the tip, or others have already built on it. */
async function isLanded(workspace: Workspace, remote: string, commit: string): Promise<boolean> {
  const { root } = workspace;
  const branch = branchRef(workspace);
  const tip = (await remoteRefs(root, [branch], remote)).get(branch);
  if (tip === undefined || tip === commit) return tip === commit;
  await fetchRefs(root, [`+${branch}:${fetchedRef}`], remote);
  return (await tryGit(['merge-base', '--is-ancestor', commit, fetchedRef], { cwd: root })).status === 0;
}

async function remoteMoved(
  workspace: Workspace,
  remote: string,
  tip: Tip,
  refs: Refs['refs'],
): Promise<boolean> {
  const branch = branchRef(workspace);
  const now = await remoteRefs(workspace.root, Object.keys(refs), remote);
  return (
    (now.get(branch) ?? null) !== tip.commit ||
    // A tag of ours may stand there: a remote that hides the branch takes the rest of an atomic push (git 2.39).
    Object.keys(refs).some((ref) => ref !== branch && now.has(ref) && now.get(ref) !== refs[ref])
  );
}

/** What origin has, this clone knows too; a crash before this is mended by the next read. */
async function rememberRefs(root: string, refs: Refs['refs']): Promise<void> {
  const lines = Object.entries(refs).map(
    ([ref, object]) => `update ${ref.startsWith('refs/heads/') ? fetchedRef : ref} ${object}`,
  );
  await tryGit(['update-ref', '--stdin'], { cwd: root, input: `${lines.join('\n')}\n` });
}
