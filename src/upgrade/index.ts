// A newer release of the template, verified and merged file by file into a repository made from it.
export { changesOf, type Outcome, readTrees, settle } from './apply.ts';
export { findBase, noBase, versionAt } from './base.ts';
export { landBranch, leaveFiles, personEnvironment, writeTree } from './branch.ts';
export { planUpgrade } from './plan.ts';
export { exampleModels, isExample, isProductOnly } from './product-only.ts';
export { type ReleaseTag, verifyReleaseTag } from './release-tag.ts';
export { parseSigners, type ReleaseSigner, signersFile } from './signers.ts';
export {
  checkSource,
  commitAtSource,
  fetchReleases,
  makeScratch,
  releaseTags,
  shownSource,
  tagBytes,
} from './source.ts';
export { bodyOf, messageOf, type Target, type Task, tasksOf, titleOf, type UpgradeFacts } from './summary.ts';
