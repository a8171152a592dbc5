// Environments as folders of a Git branch: read, verified, promoted, rolled back.

export { type Agent, type AgentInput, startAgent } from './agent/agent.ts';
export { findSource } from './agent/branch.ts';
export type { AgentEvent } from './agent/events.ts';
export { readWanted } from './agent/read-wanted.ts';
export { type AgentState, type EnvironmentState, readAgentState } from './agent/state.ts';
export type { AskGolden } from './agent/trial.ts';
export { agentTable, eventText } from './agent/words.ts';
export { type FolderFile, folderOf } from './environment-folder.ts';
export type { VerifiedRelease } from './evidence.ts';
export {
  branchRef,
  type Folder,
  fetchedRef,
  readFolder,
  readFolders,
  readTip,
  type Tip,
  tipAt,
} from './tip.ts';
export { type Finding, type FolderVerdict, verifyFolder } from './verify-folder.ts';
