// Environments as folders of a Git branch: read, verified, promoted, rolled back.

export { type Agent, type AgentInput, startAgent } from './agent/agent.ts';
export { findSource } from './agent/branch.ts';
export { type CanaryRequest, type CanaryResult, orderCanary } from './agent/canary/command.ts';
export { canaryActions } from './agent/canary/order.ts';
export { canaryText } from './agent/canary/state.ts';
export type { AgentEvent } from './agent/events.ts';
export { type AgentState, type EnvironmentState, readAgentState } from './agent/state.ts';
export type { AskGolden } from './agent/trial.ts';
export { readWantedHere } from './agent/wanted-here.ts';
export { agentTable, eventText } from './agent/words.ts';
export { type BranchEvent, parseMessage, printTrailers } from './commit-message.ts';
export { commitUpon } from './commit-upon.ts';
export { type DeployRequest, deploy } from './deploy.ts';
export { type Effects, realEffects } from './effects.ts';
export { type FolderFile, folderOf } from './environment-folder.ts';
export { type Environments, readEnvironments } from './environments.ts';
export type { VerifiedRelease } from './evidence.ts';
export { type HistoryEvent, historyOf } from './history.ts';
export { type HistoryAt, historyAt, type Placed } from './history-at.ts';
export { type HoldRequest, type HoldResult, hold } from './hold.ts';
export { type Hold, parseHolds } from './holds.ts';
export { parseMoment } from './moment.ts';
export {
  type EnvironmentObservation,
  type Observed,
  type ObserveRequest,
  observe,
} from './observation.ts';
export { type PromoteOptions, type PromotionResult, previewPromotion, promote } from './promotion.ts';
export { type PromotionPlan, planPromotion } from './promotion-plan.ts';
export { type Proposal, promotionProposal, proposalBranch } from './proposal.ts';
export type { Recording } from './recording.ts';
export { isRetrained } from './retrained.ts';
export { rollback } from './rollback.ts';
export type { RollbackRequest, RollbackResult } from './rollback-note.ts';
export { currentTrust, recordRunKey } from './run-key.ts';
export type { AskRelease } from './sighting.ts';
export { untagged } from './standing-release.ts';
export { type EnvironmentStatus, type ModelStatus, type Status, statusOf } from './status.ts';
export {
  answerRequest,
  mergedRequests,
  openRequests,
  readTagState,
  type TagRequest,
  type TagState,
} from './tag-request.ts';
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
} from './tip.ts';
export type { ReadStatuses, ToldStatus } from './told.ts';
export { type Verification, verifyEnvironments } from './verify.ts';
export { type Finding, type FolderVerdict, verifyFolder } from './verify-folder.ts';
