import { LockstepError } from '../workspace/index.ts';

/**
 * Why a remote does not want a push, as far as its words tell. GitHub's own are in "Troubleshooting rules" and in what
 * `git push` prints: GH006 is a protected branch, GH013 a ruleset; a creation rule says so in a line of its own.
 */
export type PushRefusal =
  | 'protected-branch'
  | 'ruleset'
  | 'pull-request'
  | 'signatures'
  | 'workflow-scope'
  | 'email'
  | 'too-large'
  | 'credentials'
  | 'permission'
  | 'no-atomic'
  | 'server'
  | 'other';

const wordings: readonly (readonly [PushRefusal, RegExp])[] = [
  [
    'workflow-scope',
    /without `?workflows?`? (permission|scope)|refusing to allow .* to (create|update) workflow/i,
  ],
  ['pull-request', /changes must be made through (a pull request|(a|the) merge queue)/i],
  ['signatures', /must have (verified|valid) signatures/i],
  ['too-large', /GH001|large files detected|exceeds GitHub's file size limit|exceeds maximum allowed size/i],
  ['email', /GH007|private email address/i],
  ['protected-branch', /GH006|protected branch/i],
  ['ruleset', /GH013|rule violations|creations? being restricted|cannot create ref due to creations/i],
  [
    'credentials',
    /could not read (username|password)|authentication failed|invalid (username|credentials)|\b401\b/i,
  ],
  ['permission', /denied to|permission|not allowed to push|\b403\b|not authorized|read-only/i],
  ['no-atomic', /does not support --atomic/i],
  [
    'server',
    /internal server error|service unavailable|hung up unexpectedly|timed out|(error|HTTP)[ :]+50[0234]\b/i,
  ],
];

export const refusalKind = (reason: string): PushRefusal =>
  wordings.find(([, wording]) => wording.test(reason))?.[0] ?? 'other';

const fixes: Readonly<Record<PushRefusal, string>> = {
  'protected-branch':
    "let who pushes here past the branch protection (Settings → Branches, or a ruleset with this workflow's app as a bypass actor), or set `gitops: {branch: …}` to a branch it may push; `lockstep doctor` shows the rules",
  ruleset:
    'add who pushes here to the bypass list of the ruleset (Settings → Rules), for this ref alone; `lockstep doctor` shows the rules',
  'pull-request':
    'set `gitops: {mode: pull-request}`, so that people merge it (docs/promotion.md), or add who pushes here to the bypass list of the ruleset (Settings → Rules, or → Branches)',
  signatures:
    'promotions are signed in their files, and their commits are not: let who pushes here past that rule for this branch, or set `gitops: {branch: …}` to one without it',
  'too-large':
    'take large files out of models/<model>/deploy/, which is copied with every promotion, and register a new version',
  email: "set `git config user.email` to the forge's noreply address, then run it again",
  'no-atomic': 'use a Git server that takes several refs in one transaction (Git since 2.4 does)',
  server: 'the server failed: run the command again later',
  'workflow-scope': "push that commit by hand: a workflow's token may not change workflow files",
  credentials:
    'the token or password is missing, wrong or expired: give the job a fresh one (`token`, or sign in with `git`), then run it again',
  permission:
    'give the job `permissions: contents: write`, or ask who owns the repository for the right to push',
  other: 'ask who owns the repository for the right to push it, then run the command again',
};

/** E_GIT_PUSH_REFUSED with what mends that kind of refusal. */
export const pushRefused = (what: string, reason: string, remote = 'origin'): LockstepError =>
  new LockstepError('E_GIT_PUSH_REFUSED', {
    what: `${remote} refused ${what}: ${reason}`,
    fix: fixes[refusalKind(reason)],
  });
