// What every room needs: errors, digests, files, configuration, git, processes.
export { diskFull, temporaryBeside, writeAtomic } from './atomic-file.ts';
export { canonicalJson, digestOfJson } from './canonical-json.ts';
export { answerParent, askChild } from './child-answer.ts';
export {
  type BranchKeys,
  type Configuration,
  checkEnvironment,
  parseConfiguration,
  type Source,
  sourceKinds,
  type TrustEntry,
  type TrustedKey,
  type TrustedWorkflow,
} from './configuration.ts';
export { type Digest, digestFile, digestOf, hexOf, isDigest, parseDigest, shortDigest } from './digest.ts';
export type { ErrorCode } from './error-codes.ts';
export { errorCodes } from './error-codes.ts';
export { type ErrorParts, isLockstepError, LockstepError, type Place, printable } from './errors.ts';
export { frozenBy } from './freeze.ts';
export {
  type GitOptions,
  type GitResult,
  git,
  gitBlobs,
  gitBytes,
  gitEnvironment,
  readAtCommit,
  resolveCommit,
  tryGit,
} from './git.ts';
export { type ObjectReader, openObjects } from './git-objects.ts';
export { gitRecords } from './git-output.ts';
export { eachBlob, readBlobs, readTree, type TreeEntry } from './git-tree.ts';
export { findIsolation, type Isolation } from './isolation.ts';
export { parseJson, readJson } from './json-file.ts';
export { acquireLock, withLock } from './lock-file.ts';
export { checkName, isName } from './names.ts';
export { nodeHttp, nodeHttps } from './node-http.ts';
export { bundleFolder, ownProgram } from './own-program.ts';
export { readPlainYaml } from './plain-yaml.ts';
export { type ChildOptions, type Exit, exitOf, isAlive, spawnOwn, watchParent } from './process.ts';
export { amount, isWatched, type Progress, startProgress } from './progress.ts';
export { checkSchema, type JsonSchema } from './schema.ts';
export { scratchPath } from './scratch-path.ts';
export { nearest } from './suggestion.ts';
export { systemError } from './system-error.ts';
export {
  hideState,
  modelPath,
  openWorkspace,
  pipelinePath,
  shown,
  statePath,
  type Workspace,
} from './workspace.ts';
export { decodeText, type ParsedFile, parseYaml, readConfiguration, readYaml } from './yaml-file.ts';
