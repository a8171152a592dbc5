import { type PromotionJob, type PromotionOutcome, refuseJob } from '../../src/commands/promotion-request.ts';
import { proposalText } from '../../src/commands/proposal-text.ts';
import {
  findPull,
  openPull,
  type PullRequest,
  type ReviewApproval,
  reviewApprovals,
  runUrl,
} from '../../src/github/index.ts';
import { isProposed, type Proposal, promotionProposal, proposalBranch } from '../../src/gitops/index.ts';
import type { ForgeJob } from './forge.ts';

/** The pull request that a promotion has or had here, and who approved it. */
export interface Asked {
  readonly pull: PullRequest | null;
  readonly approvals: readonly ReviewApproval[];
}

/** Nothing where promotions are pushed, or go to a repository that this token does not speak for. */
export async function readPull({ workspace, github }: ForgeJob, request: PromotionJob): Promise<Asked> {
  const { gitops } = workspace.configuration;
  if (!isProposed(workspace) || gitops.repository !== null) return { pull: null, approvals: [] };
  const pull = await findPull(github, proposalBranch(promotionProposal(request)), gitops.branch);
  return { pull, approvals: pull === null ? [] : await reviewApprovals(github, pull) };
}

/** Who closed the pull request of a tag said no to it; null where nobody did. Another tag, or the button, asks anew. */
export async function closedAnswer(
  { workspace }: ForgeJob,
  request: PromotionJob,
  { pull }: Asked,
): Promise<PromotionOutcome | null> {
  const { tag } = request;
  if (pull?.state !== 'closed' || tag === undefined) return null;
  if (!pull.body.split(/\r?\n/).includes(`Lockstep-Tag: ${tag}`)) return null;
  const reason = `pull request ${pull.number} was closed and not merged`;
  return refuseJob(workspace, request, 'E_PROMOTE_CLOSED', reason);
}

/**
 * Opens the pull request of what was just proposed, or brings its text up to date. Where workflows may open none, or
 * the repository is another one, people open it: null.
 */
export async function askForMerge(
  job: ForgeJob,
  request: PromotionJob,
  proposal: Proposal,
  { pull: before }: Asked,
): Promise<PullRequest | null> {
  const { workspace, github, context } = job;
  if (workspace.configuration.gitops.repository !== null) return null;
  // The same proposal keeps what was said of it: only the run that looked again is another.
  if (before?.state === 'open' && proposal.state === 'unchanged') return before;
  const { serverUrl, repository } = context;
  const links = { run: runUrl(context), repository: `${serverUrl}/${repository.owner}/${repository.name}` };
  const text = await proposalText(workspace, proposal, request, links);
  return openPull(github, { head: proposal.branch, base: proposal.target, ...text });
}
