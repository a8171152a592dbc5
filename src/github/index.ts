// What GitHub's API gives and takes: the run we are part of, what other runs handed over, the one comment, the one status.
// Cheap to import: the client itself is loaded when the API is opened.
export { type AskOptions, type GitHub, type ListOptions, openGitHub } from './api.ts';
export type { Artifact } from './artifact-zip.ts';
export {
  type CandidateArtifact,
  candidateArtifactName,
  candidateArtifacts,
  downloadArtifact,
  downloadCandidate,
  findArtifact,
} from './artifacts.ts';
export { type CommentInput, type CommentOutcome, publishComment } from './comment.ts';
export { type RepositoryName, type RunContext, readContext, repositoryOf, runUrl } from './context.ts';
export { type DeploymentInput, recordDeployment } from './deployments.ts';
export { type IssueInput, openIssueOnce } from './issues.ts';
export { approvalsOf, type EnvironmentApproval, mayWrite, mergedPull, tagPushers } from './people.ts';
export {
  findPull,
  openPull,
  type PullInput,
  type PullRequest,
  type ReviewApproval,
  reviewApprovals,
} from './pulls.ts';
export { type RunOrder, readRun, triggeringRun, triggeringRunId, type WorkflowRun } from './runs.ts';
export { type CommitStatus, setStatus, stateOf, statusesOf, verdictContextOf } from './status.ts';
export {
  type KnownSubject,
  type RunSubject,
  subjectOfRun,
  trainRequestArtifact,
  workflowFiles,
} from './subject.ts';
export {
  generateWorkflows,
  hasWorkflowSources,
  readPins,
  staleWorkflows,
  starterPlace,
  startersFolder,
} from './workflow-files.ts';
