// What a table holds and what is wrong with it: profiles, findings, expectations of model.yaml, leakage.
export type { ColumnProfile } from './column-profile.ts';
export { type Miss, percent, sharedMisses } from './expectation-check.ts';
export { type Finding, findingsOf, isTraining, overlapFindings } from './findings.ts';
export { proposeSection } from './proposal.ts';
export { SplitOverlap } from './split-overlap.ts';
export { type ProfileOptions, profileTable, type TableProfile } from './table-profile.ts';
