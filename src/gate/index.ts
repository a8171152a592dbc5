// Decides: a policy's checks against an evaluation and its comparison give one verdict for each environment.
export { type JudgeInput, judge } from './judge.ts';
export type { Check, EnvironmentPolicy, Policy, Waiver } from './policy.ts';
export { checkProposedPolicy, parsePolicy, type ReadPolicy, readPolicy } from './policy-file.ts';
export { proposePolicy } from './proposal.ts';
export type { Binding, CheckResult, Outcome, Verdict } from './verdict.ts';
export { parseVerdict } from './verdict-file.ts';
