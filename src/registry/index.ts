// Versions and promotions as annotated Git tags, and the signed records in them.

export { branchKeysFile, parseBranchKeys, withBranchKey } from './branch-keys.ts';
export {
  type EnvelopeContext,
  observationPredicate,
  promotionPredicate,
  releasePredicate,
  type Statement,
  sign,
  statementOf,
  type Trust,
  type TrustedSigner,
  trustedSigner,
  verifyAhead,
  verifyEnvelope,
} from './envelope.ts';
export { committer, personOf, writeTagObject } from './git-objects.ts';
export { loadKey, type SigningKey } from './key.ts';
export { environmentsRemote, fetchedRef, knownBranchCommit } from './known-branch.ts';
export {
  fetchRefs,
  hasOrigin,
  localRefs,
  type PushOutcome,
  pushAtomic,
  remoteRefs,
} from './origin.ts';
export { pushRefused } from './push-refusal.ts';
export { type Release, readRelease } from './read-release.ts';
export { checked, checkSubjects, openRecord, openStatement, parseEnvelope } from './release.ts';
export type {
  Approval,
  Envelope,
  Observation,
  ObservationRecord,
  PromotionRecord,
  ReleaseFile,
  ReleaseRecord,
  Seen,
  SeenBy,
} from './release-record.ts';
export { SshReader, sshString, strictBase64 } from './ssh-wire.ts';
export { signStatement } from './statement-signer.ts';
export { checkVersion, formatTag, parseTag, type TagName, versionTag } from './tag-name.ts';
export {
  listAllVersions,
  listPromotions,
  listVersions,
  nextCounter,
  type PromotionTag,
  type VersionTag,
} from './tags.ts';
export { baseCommit, trustedKeys, trustsBranch } from './trust.ts';
export {
  type Bump,
  baseOf,
  compareVersions,
  nextRetrained,
  nextVersion,
  type Retrained,
  retrainedOf,
} from './version.ts';
export { createVersionTag, type Registration } from './version-tag.ts';
