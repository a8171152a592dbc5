import type { RunContext } from '../../src/github/index.ts';
import { git, LockstepError, resolveCommit, type Workspace } from '../../src/workspace/index.ts';
import { mergeBase } from '../kit/change-commits.ts';
import { openForge } from '../kit/forge.ts';
import { readRequest } from './request.ts';

/** The two commits that are compared, by id. */
export interface Sides {
  readonly base: string;
  readonly head: string;
}

interface Given {
  readonly base: string | null;
  readonly head: string | null;
}

interface Request {
  readonly number: number | null;
  readonly token: string | null;
}

/**
 * Of the pull request that somebody asks for, else what the inputs name, else what the event does.
 * Errors: those of `readRequest`; E_GIT for a commit that the checkout doesn't have.
 */
export async function chooseSides(
  workspace: Workspace,
  context: RunContext,
  given: Given & Request,
): Promise<Sides> {
  if (given.number !== null) {
    const github = await openForge(given.token, context);
    return readRequest(workspace, github, context, given.number);
  }
  const event = sidesOfEvent(context);
  const head = await commitOf(workspace, given.head ?? event.head ?? 'HEAD');
  const named = given.base ?? event.base;
  if (named === null) return { base: await firstParent(workspace, head), head };
  const base = await commitOf(workspace, named);
  // What the default branch did meanwhile is no part of the change.
  return { base: given.base === null ? await mergeBase(workspace.root, base, head) : base, head };
}

/** Of the payload, which is GitHub's own: only ids are taken from it. */
function sidesOfEvent({ event, eventName }: RunContext): Given {
  const at = (...path: readonly string[]): string | null => {
    const found = path.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | undefined)?.[step],
      event,
    );
    return typeof found === 'string' && /^(?!0+$)[0-9a-f]{40,64}$/.test(found) ? found : null;
  };
  switch (eventName) {
    case 'pull_request':
      return { base: at('pull_request', 'base', 'sha'), head: at('pull_request', 'head', 'sha') };
    case 'merge_group':
      return { base: at('merge_group', 'base_sha'), head: at('merge_group', 'head_sha') };
    case 'push':
      return { base: at('before'), head: at('after') };
    default:
      return { base: null, head: null };
  }
}

async function commitOf({ root }: Workspace, revision: string): Promise<string> {
  const commit = await resolveCommit(root, revision);
  if (commit !== null) return commit;
  throw new LockstepError('E_GIT', {
    what: `the checkout does not have the commit ${revision}`,
    allowed: 'a checkout with the history of both sides',
    fix: 'check out with `fetch-depth: 0`',
  });
}

/** The commit before; nothing before the first. */
const firstParent = async (workspace: Workspace, head: string): Promise<string> =>
  (await resolveCommit(workspace.root, `${head}^1`)) ?? emptyTree(workspace);

/** What is compared with where there is nothing to compare with. */
export const emptyTree = ({ root }: Workspace): Promise<string> =>
  git(['hash-object', '-t', 'tree', '--stdin'], { cwd: root, input: '' });
