import {
  committer,
  environmentsRemote,
  hasOrigin,
  listPromotions,
  type PromotionTag,
  parseTag,
  pushAtomic,
  pushRefused,
  remoteRefs,
  writeTagObject,
} from '../../registry/index.ts';
import {
  checkEnvironment,
  git,
  LockstepError,
  printable,
  tryGit,
  type Workspace,
} from '../../workspace/index.ts';
import { promotionProposal, proposalBranch, readProposal } from '../branch/proposal.ts';
import { historyPaths, isProposed, readTip, type Tip } from '../branch/tip.ts';
import { nextTag } from './next-tag.ts';
import { readStanding } from './standing-release.ts';

/** A promotion that somebody asked for with a tag. */
export interface TagRequest {
  readonly tag: string;
  readonly model: string;
  readonly environment: string;
  /** Registered at the tagged commit. */
  readonly version: string;
  readonly commit: string;
}

/** What became of a request. */
export type TagState =
  | { readonly kind: 'open'; readonly request: TagRequest }
  /** A commit of the branch names it. */
  | { readonly kind: 'written'; readonly request: TagRequest; readonly commit: string }
  /** Answered by an unassign tag. */
  | {
      readonly kind: 'refused';
      readonly request: TagRequest;
      readonly answer: string;
      readonly reason: string;
    }
  /** A later request for the same environment is in Git already: doing this one now would go back. */
  | { readonly kind: 'overtaken'; readonly request: TagRequest; readonly by: string };

/** Who asks with a tag waits days for an approval, not months: older ones are history, of another tool perhaps. */
const longestOpen = 30 * 86_400_000;

/**
 * What became of one tag; its name may be anything that Git allows. Errors: E_TAG_REQUEST for a tag that asks for no
 * promotion, E_TAG_LIGHTWEIGHT, E_ENV_UNKNOWN, E_VERSION_UNKNOWN.
 */
export async function readTagState(workspace: Workspace, tag: string): Promise<TagState> {
  const name = parseTag(tag);
  if (name?.event !== 'assign') {
    throw new LockstepError('E_TAG_REQUEST', {
      what: `the tag "${printable(tag)}" asks for no promotion`,
      allowed: 'an annotated tag <model>#<environment>#<counter>',
      fix: 'git tag -a "churn#staging#2" -m "why" "churn@v1.2.0^{commit}"',
    });
  }
  checkEnvironment(workspace.configuration, name.environment);
  const tip = await readTip(workspace, { tagsOf: name.model, ask: 'required' });
  const promotions = await listPromotions(workspace.root, name.model);
  const found = promotions.find((entry) => entry.tag === tag);
  if (!found) throw await notAnnotated(workspace, tag);
  if (found.version === null) {
    throw new LockstepError('E_VERSION_UNKNOWN', {
      what: `${tag} is at commit ${found.commit.slice(0, 12)}, where no version of ${name.model} is registered`,
      allowed: 'a tag at the commit of a registered version',
      fix: `git tag -a "${tag}" -m "why" "${name.model}@<version>^{commit}", under the next free counter`,
    });
  }
  return stateOf(found, promotions, await writtenTags(workspace, tip, name.model));
}

/** Whether a pull request stands for it that nobody has to make anew. */
async function isWaitingForMerge(workspace: Workspace, tip: Tip, request: TagRequest): Promise<boolean> {
  const remote = await environmentsRemote(workspace);
  if (!isProposed(workspace) || remote === null || tip.commit === null) return false;
  const branch = proposalBranch(promotionProposal(request));
  return (await readProposal(workspace, remote, tip.commit, branch))?.current === true;
}

/** Requests of the last 30 days, of any model, that nobody has answered; oldest first. */
export async function openRequests(
  workspace: Workspace,
  models: readonly string[],
  now: Date,
): Promise<TagRequest[]> {
  const open: TagRequest[] = [];
  for (const { tip, state } of await recentStates(workspace, models, now)) {
    if (state.kind === 'open' && !(await isWaitingForMerge(workspace, tip, state.request)))
      open.push(state.request);
  }
  return open;
}

/** Requests of the last 30 days that people merged: whoever asked may not have been told yet. */
export async function mergedRequests(
  workspace: Workspace,
  models: readonly string[],
  now: Date,
): Promise<TagRequest[]> {
  if (!isProposed(workspace)) return [];
  const states = await recentStates(workspace, models, now);
  return states.flatMap(({ state }) => (state.kind === 'written' ? [state.request] : []));
}

async function recentStates(
  workspace: Workspace,
  models: readonly string[],
  now: Date,
): Promise<{ tip: Tip; state: TagState }[]> {
  const found: { tip: Tip; state: TagState }[] = [];
  for (const model of models) {
    const tip = await readTip(workspace, { tagsOf: model, ask: 'required' });
    const promotions = await listPromotions(workspace.root, model);
    const written = await writtenTags(workspace, tip, model);
    for (const entry of promotions) {
      if (now.getTime() - Date.parse(entry.time) > longestOpen) continue;
      if (entry.event !== 'assign' || entry.version === null) continue;
      if (!workspace.configuration.environments.includes(entry.environment)) continue;
      found.push({ tip, state: stateOf(entry, promotions, written) });
    }
  }
  return found;
}

function stateOf(
  entry: PromotionTag,
  promotions: readonly PromotionTag[],
  written: ReadonlyMap<string, string>,
): TagState {
  const { tag, model, environment, version, commit } = entry;
  const request = { tag, model, environment, version: version!, commit };
  const done = written.get(tag);
  if (done !== undefined) return { kind: 'written', request, commit: done };
  const answer = promotions.find(
    (one) => one.event === 'unassign' && one.subject.startsWith(`${refuses(tag)}:`),
  );
  if (answer) {
    const reason = answer.subject.slice(refuses(tag).length + 2);
    return { kind: 'refused', request, answer: answer.tag, reason };
  }
  const later = promotions.find(
    (one) => one.environment === environment && one.counter > entry.counter && written.has(one.tag),
  );
  return later ? { kind: 'overtaken', request, by: later.tag } : { kind: 'open', request };
}

const refuses = (tag: string): string => `refuses ${tag}`;

/** The branch's commits by the tag that each names in its last lines. */
async function writtenTags(workspace: Workspace, tip: Tip, model: string): Promise<Map<string, string>> {
  if (tip.commit === null) return new Map();
  const format = '--format=%H%x00%(trailers:key=Lockstep-Tag,valueonly,separator=%x2C)';
  // What was merged names its tag in a commit beside the branch's own.
  const how = isProposed(workspace) ? [] : ['--first-parent'];
  const log = await git(['log', ...how, format, tip.commit, '--', ...historyPaths(model)], {
    cwd: workspace.root,
  });
  const named = log
    .split('\n')
    .map((line) => line.split('\0'))
    .flatMap(([commit, tag]) => (commit && tag ? [[tag, commit] as const] : []));
  const standing = (await readStanding(workspace, tip, model)).flatMap(({ tag }) =>
    tag === null ? [] : [[tag, tip.commit!] as const],
  );
  return new Map([...named, ...standing]);
}

async function notAnnotated({ root }: Workspace, tag: string): Promise<LockstepError> {
  const { status } = await tryGit(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/tags/${tag}`],
    {
      cwd: root,
    },
  );
  return status === 0
    ? new LockstepError('E_TAG_LIGHTWEIGHT', {
        what: `${tag} is a lightweight tag, which says neither who nor why`,
        allowed: 'an annotated tag at a commit',
        fix: 'make one with `git tag -a`, under the next free counter',
      })
    : new LockstepError('E_TAG_REQUEST', {
        what: `there is no tag "${printable(tag)}"`,
        allowed: 'a tag that origin has',
        fix: 'push it, then run the promotion again',
      });
}

/**
 * Answers a request with GTO's unassign tag, whose message says why; the tag that asked stays. Again it changes
 * nothing. Errors: E_GIT_IDENTITY, E_GIT_PUSH_REFUSED.
 */
export async function answerRequest(
  workspace: Workspace,
  request: TagRequest,
  reason: string,
): Promise<string> {
  const { root } = workspace;
  const state = await readTagState(workspace, request.tag);
  if (state.kind === 'refused') return state.answer;
  const ident = await committer(root);
  const tag = (await nextTag(workspace, request.model, request.environment)).replace(/#(\d+)$/, '!#$1');
  const message = `${refuses(request.tag)}: ${printable(reason, 500)}`;
  const object = await writeTagObject(root, { tag, commit: request.commit, ident, message });
  const ref = `refs/tags/${tag}`;
  if (await hasOrigin(root)) {
    const outcome = await pushAtomic(root, { [ref]: object });
    if (outcome.kind !== 'pushed' && (await remoteRefs(root, [ref])).get(ref) !== object)
      throw pushRefused(`the tag ${tag}`, outcome.reason);
  }
  await tryGit(['update-ref', ref, object], { cwd: root });
  return tag;
}
