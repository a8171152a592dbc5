// Environments as folders of a Git branch: read, verified, promoted, rolled back. `branch/` is how the branch is read and
// written, `folder/` what is in an environment's folder and whether that is proven; `promotion/`, `rollback/`,
// `observation/`, `status/` and `history/` what is done with them; `tags/` the tags that ask and tell; `agent/` what runs.

export type { Agent, AgentInput } from './agent/agent.ts';
export { findSource } from './agent/branch.ts';
export { type CanaryRequest, type CanaryResult, orderCanary } from './agent/canary/command.ts';
export { canaryActions } from './agent/canary/order.ts';
export { canaryText } from './agent/canary/state.ts';
export type { AgentEvent } from './agent/events.ts';
export { type AgentState, type EnvironmentState, readAgentState } from './agent/state.ts';
export type { AskGolden } from './agent/trial.ts';
export { readWantedHere } from './agent/wanted-here.ts';
export { agentTable, eventText } from './agent/words.ts';
export { type BranchEvent, parseMessage, printTrailers } from './branch/commit-message.ts';
export { commitUpon } from './branch/commit-upon.ts';
export { type Proposal, promotionProposal, proposalBranch } from './branch/proposal.ts';
export {
  branchRef,
  type Folder,
  fetchedRef,
  isProposed,
  readFolder,
  readFolders,
  readTip,
  type Tip,
  tipAt,
} from './branch/tip.ts';
export { type Effects, realEffects } from './effects.ts';
export { type Environments, readEnvironments } from './environments.ts';
export { type FolderFile, folderOf } from './folder/environment-folder.ts';
export type { VerifiedRelease } from './folder/evidence.ts';
export { type Finding, type FolderVerdict, verifyFolder } from './folder/verify-folder.ts';
export { type HistoryEvent, historyOf } from './history/history.ts';
export { type HistoryAt, historyAt, type Placed } from './history/history-at.ts';
export { parseMoment } from './history/moment.ts';
export { type HoldRequest, type HoldResult, hold } from './hold.ts';
export { type Hold, parseHolds } from './holds.ts';
export {
  type EnvironmentObservation,
  type Observed,
  type ObserveRequest,
  observe,
} from './observation/observation.ts';
export type { Recording } from './observation/recording.ts';
export type { AskRelease } from './observation/sighting.ts';
export type { ReadStatuses, ToldStatus } from './observation/told.ts';
export { type DeployRequest, deploy } from './promotion/deploy.ts';
export {
  type PromoteOptions,
  type PromotionResult,
  previewPromotion,
  promote,
} from './promotion/promotion.ts';
export { type PromotionPlan, planPromotion } from './promotion/promotion-plan.ts';
export { isRetrained } from './promotion/retrained.ts';
export { currentTrust, recordRunKey } from './promotion/run-key.ts';
export { rollback } from './rollback/rollback.ts';
export type { RollbackRequest, RollbackResult } from './rollback/rollback-note.ts';
export { type EnvironmentStatus, type ModelStatus, type Status, statusOf } from './status/status.ts';
export { untagged } from './tags/standing-release.ts';
export {
  answerRequest,
  mergedRequests,
  openRequests,
  readTagState,
  type TagRequest,
  type TagState,
} from './tags/tag-request.ts';
export { type Verification, verifyEnvironments } from './verify.ts';

// What runs servers, and what that takes, is loaded where one is to run.
export const startAgent: typeof import('./agent/agent.ts').startAgent = async (...args) =>
  (await import('./agent/agent.ts')).startAgent(...args);
