import type { Facts, RemoteFacts, Ruleset } from './facts.ts';
import { type Check, type Finding, holds, missing, when } from './finding.ts';
import { type GuardedRef, guardedHere } from './guarded-refs.ts';

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
    ...guardedHere(local, remote).map((guarded) => guardFinding(guarded, local.gitops.branch, remote)),
    ...pushedFinding(local, remote),
    requiredCheck(remote),
    codeOwnersRequired(remote),
    noBypass(remote),
  ];
}

/** Promotions that are pushed to a branch of pull requests need somebody to let the workflows past. */
function pushedFinding({ gitops }: Facts['local'], remote: RemoteFacts): Finding[] {
  if (gitops.repository !== null || gitops.branch !== remote.defaultBranch || gitops.mode === 'pull-request')
    return [];
  const check: Check = {
    id: 'promotions-pushed',
    title: 'Promotions may be pushed to the default branch',
    needs: 'a token of an administrator',
  };
  return [
    when(check, remote.rulesets, (rulesets) => {
      const closed = rulesets.filter(
        (one) =>
          covers(one, '~DEFAULT_BRANCH', remote.defaultBranch) &&
          one.rules.some((rule) => ['pull_request', 'update', 'required_status_checks'].includes(rule)),
      );
      if (closed.some(({ bypass }) => bypass === null))
        return { id: check.id, title: check.title, kind: 'hidden', needs: check.needs };
      const shut = closed.filter(({ bypass }) => !bypass!.includes('Integration'));
      return shut.length === 0
        ? holds(check, closed.length === 0 ? 'no rule is against it' : 'GitHub Actions is let past')
        : missing(
            check,
            `${shut.map(({ name }) => `"${name}"`).join(', ')} does not let GitHub Actions past`,
            `\`gitops: {branch: ${gitops.branch}, mode: pull-request}\` in lockstep.yaml, or ${rulesPage(remote)}`,
          );
    }),
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
