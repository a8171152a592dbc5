import type { Facts, RemoteFacts, Ruleset } from './facts.ts';
import { type Check, type Finding, holds, missing, when } from './finding.ts';

/** One kind of ref that Lockstep keeps the truth in, and what nobody else may do to it. */
export interface GuardedRef {
  readonly id: string;
  readonly title: string;
  readonly target: 'tag' | 'branch';
  /** Patterns of which the ruleset must name each. */
  readonly refs: (branch: string, defaultBranch: string) => readonly string[];
  readonly rules: readonly string[];
  readonly who: string;
}

export const guardedRefs: readonly GuardedRef[] = [
  {
    id: 'tags-versions',
    title: 'Version tags are made by the workflow and never moved or deleted',
    target: 'tag',
    refs: () => ['refs/tags/*@*'],
    rules: ['creation', 'update', 'deletion'],
    who: 'GitHub Actions makes them; nobody moves or deletes them',
  },
  {
    id: 'tags-promotions',
    title: 'Promotion tags are made by maintainers and never moved or deleted',
    target: 'tag',
    refs: () => ['refs/tags/*#*'],
    rules: ['creation', 'update', 'deletion'],
    who: 'maintainers and GitHub Actions make them; nobody moves or deletes them',
  },
  {
    id: 'branch-environments',
    title: 'Only the workflows write the branch environments',
    target: 'branch',
    refs: (branch) => [`refs/heads/${branch}`],
    rules: ['creation', 'update', 'deletion', 'non_fast_forward'],
    who: 'GitHub Actions alone writes it',
  },
  {
    id: 'branch-default',
    title: 'The default branch changes by reviewed pull requests alone',
    target: 'branch',
    refs: () => ['~DEFAULT_BRANCH'],
    rules: ['deletion', 'non_fast_forward', 'pull_request', 'required_status_checks'],
    who: 'people, by pull requests',
  },
];

const covers = (ruleset: Ruleset, ref: string, defaultBranch: string): boolean => {
  const same = [ref, ...(ref === '~DEFAULT_BRANCH' ? [`refs/heads/${defaultBranch}`] : [])];
  return (
    ruleset.active &&
    ruleset.exclude.length === 0 &&
    ruleset.include.some((one) => one === '~ALL' || same.includes(one))
  );
};

/** The rulesets that hold for refs, and whom they let past. */
export function refFindings({ local, remote }: { local: Facts['local']; remote: RemoteFacts }): Finding[] {
  return [
    ...guardedRefs.map((guarded) => guardFinding(guarded, local.branch, remote)),
    requiredCheck(remote),
    codeOwnersRequired(remote),
    noBypass(remote),
  ];
}

const needs = 'any token (whom a rule lets past, only one of an administrator)';
const rulesPage = ({ url }: RemoteFacts): string => `${url}/settings/rules`;
const fixOf = ({ id }: GuardedRef, { fullName }: RemoteFacts): string =>
  `gh api repos/${fullName}/rulesets --input docs/settings/${id}.json`;

function guardFinding(guarded: GuardedRef, branch: string, remote: RemoteFacts): Finding {
  const check: Check = { ...guarded, needs };
  return when(check, remote.rulesets, (rulesets) => {
    const refs = guarded.refs(branch, remote.defaultBranch);
    const active = rulesets.filter(({ target }) => target === guarded.target);
    const lacking = refs.flatMap((ref) => {
      const rules = new Set(
        active.filter((one) => covers(one, ref, remote.defaultBranch)).flatMap((one) => one.rules),
      );
      return guarded.rules.filter((rule) => !rules.has(rule));
    });
    return lacking.length === 0
      ? holds(check, guarded.who)
      : missing(
          check,
          `no active rule against ${[...new Set(lacking)].join(', ')} of ${refs.join(', ')}`,
          fixOf(guarded, remote),
        );
  });
}

function requiredCheck(remote: RemoteFacts): Finding {
  const check: Check = { id: 'required-check', title: 'lockstep/verdict is required before a merge', needs };
  return when(check, remote.rulesets, (rulesets) => {
    const required = rulesets
      .filter((one) => covers(one, '~DEFAULT_BRANCH', remote.defaultBranch))
      .flatMap(({ checks }) => checks);
    return required.includes('lockstep/verdict')
      ? holds(check, 'it is')
      : missing(
          check,
          required.length === 0 ? 'no check is required' : `required are ${required.join(', ')}`,
          rulesPage(remote),
        );
  });
}

function codeOwnersRequired(remote: RemoteFacts): Finding {
  const check: Check = { id: 'code-owners-required', title: 'A code owner approves what decides', needs };
  return when(check, remote.rulesets, (rulesets) =>
    rulesets.some((one) => covers(one, '~DEFAULT_BRANCH', remote.defaultBranch) && one.codeOwners)
      ? holds(check, 'a pull request that touches it waits for one')
      : missing(check, 'pull requests need no approval of a code owner', rulesPage(remote)),
  );
}

/** The workflows' own app has to get past; a person who may is a person who can lie. */
function noBypass(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'bypass',
    title: 'No person is let past the rules',
    needs: 'a token of an administrator',
  };
  return when(check, remote.rulesets, (rulesets) => {
    if (rulesets.some(({ bypass }) => bypass === null))
      return { id: check.id, title: check.title, kind: 'hidden', needs: check.needs };
    const people = rulesets.flatMap(({ name, bypass }) =>
      (bypass ?? []).filter((who) => who !== 'Integration').map((who) => `${who} past "${name}"`),
    );
    return people.length === 0
      ? holds(check, 'nobody is')
      : missing(check, people.join(', '), rulesPage(remote));
  });
}
