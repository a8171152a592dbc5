import type { EnvironmentFacts, Facts, RemoteFacts } from './facts.ts';
import { type Check, type Finding, holds, missing, when } from './finding.ts';

const admin = 'a token of an administrator (`gh auth token`)';
const page = ({ url }: RemoteFacts, path: string): string => `${url}/settings/${path}`;

/** What the repository's settings let workflows, forks and runners do. */
export function repositoryFindings({
  local,
  remote,
}: {
  local: Facts['local'];
  remote: RemoteFacts;
}): Finding[] {
  return [
    branchFinding(remote),
    tokenFinding(remote),
    approveFinding(remote),
    forkFinding(remote),
    pinningFinding(remote),
    allowedFinding(remote),
    runnerFinding(remote),
    schedulesFinding(remote),
    scanningFinding(remote),
    releasesFinding(remote),
    ...environmentFindings(local.environments, remote),
  ];
}

/** A workflow can't ask for whatever the default branch is called: those of `push` name the two usual names. */
function branchFinding({ defaultBranch, fullName }: RemoteFacts): Finding {
  const check: Check = {
    id: 'default-branch',
    title: 'A merge starts the workflow that registers',
    needs: '',
  };
  return ['main', 'master'].includes(defaultBranch)
    ? holds(check, `the default branch is ${defaultBranch}`)
    : missing(
        check,
        `the default branch is ${defaultBranch}, and lockstep-main runs on main and master`,
        `gh api -X POST repos/${fullName}/branches/${encodeURIComponent(defaultBranch)}/rename -f new_name=main`,
      );
}

function tokenFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'default-token',
    title: "A workflow's token may write nothing unless its job says so",
    needs: admin,
  };
  return when(check, remote.token, ({ write }) =>
    write
      ? missing(
          check,
          'it may write everything by default',
          `gh api -X PUT repos/${remote.fullName}/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=false`,
        )
      : holds(check, 'it may read'),
  );
}

function approveFinding(remote: RemoteFacts): Finding {
  const check: Check = { id: 'actions-approve', title: 'Workflows approve no pull requests', needs: admin };
  return when(check, remote.token, ({ mayApprove }) =>
    mayApprove ? missing(check, 'they may', page(remote, 'actions')) : holds(check, 'they may not'),
  );
}

function forkFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'fork-approval',
    title: "A stranger's first pull request waits before it runs",
    needs: admin,
  };
  return when(check, remote.forkApproval, (policy) =>
    policy === 'first_time_contributors_new_to_github'
      ? missing(
          check,
          'only accounts new to GitHub wait',
          `gh api -X PUT repos/${remote.fullName}/actions/permissions/fork-pr-contributor-approval -f approval_policy=all_external_contributors`,
        )
      : holds(check, policy.replaceAll('_', ' ')),
  );
}

function pinningFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'sha-pinning',
    title: 'Actions from elsewhere are named by commit',
    needs: admin,
  };
  return when(check, remote.actions, ({ shaPinning }) =>
    shaPinning
      ? holds(check, 'GitHub refuses others')
      : missing(check, 'a tag that moves would be taken', page(remote, 'actions')),
  );
}

function allowedFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'allowed-actions',
    title: 'Not every action of the world may be used',
    needs: admin,
  };
  return when(check, remote.actions, ({ allowed }) =>
    allowed === 'all'
      ? missing(check, 'any action may', page(remote, 'actions'))
      : holds(check, `${allowed.replaceAll('_', ' ')} may`),
  );
}

/** Whoever opens a pull request could run there. */
function runnerFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'self-hosted-public',
    title: 'No runner of your own serves a public repository directly',
    needs: admin,
  };
  return when(check, remote.selfHosted, (count) => {
    if (count === 0) return holds(check, 'there is none');
    if (remote.private) return holds(check, 'the repository is private');
    return missing(
      check,
      `${count} in the repository, where any workflow may ask for them`,
      'docs/gpu-runners.md: a runner group of the organization, limited to lockstep-train-pr and lockstep-main',
    );
  });
}

function schedulesFinding(remote: RemoteFacts): Finding {
  const check: Check = { id: 'schedules', title: 'No workflow of ours is stopped', needs: '`actions: read`' };
  return when(check, remote.workflows, (workflows) => {
    const stopped = workflows.filter(({ path, state }) => path.includes('/lockstep-') && state !== 'active');
    return stopped.length === 0
      ? holds(check, 'all run')
      : missing(
          check,
          stopped.map(({ path, state }) => `${path} is ${state.replaceAll('_', ' ')}`).join(', '),
          `gh workflow enable ${stopped[0]!.path.split('/').at(-1)}`,
        );
  });
}

function scanningFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'push-protection',
    title: 'A push with a secret in it is stopped',
    needs: admin,
  };
  return when(check, remote.secretScanning, (on) =>
    on ? holds(check, 'it is') : missing(check, 'push protection is off', page(remote, 'security_analysis')),
  );
}

function releasesFinding(remote: RemoteFacts): Finding {
  const check: Check = {
    id: 'immutable-releases',
    title: "Releases can't be changed afterwards",
    needs: admin,
  };
  return when(check, remote.immutableReleases, (on) =>
    on ? holds(check, "they can't") : missing(check, 'they can', page(remote, '')),
  );
}

interface EnvironmentCheck extends Check {
  /** What is wrong, or null. */
  readonly wrong: (found: EnvironmentFacts) => string | null;
}

/** Everything beyond the first environment is entered from the default branch; the last one by somebody's leave. */
function environmentFindings(names: readonly string[], remote: RemoteFacts): Finding[] {
  return names
    .slice(1)
    .flatMap((name, index) => checksOf(name, index === names.length - 2).map((check) => ({ name, check })))
    .map(({ name, check }) =>
      when(check, remote.environments, (environments) => {
        const found = environments.find((environment) => environment.name === name);
        const why = found === undefined ? `there is no environment ${name}` : check.wrong(found);
        return why === null
          ? holds(check, 'as it should be')
          : missing(check, why, page(remote, 'environments'));
      }),
    );
}

function checksOf(name: string, last: boolean): EnvironmentCheck[] {
  const needs = '`actions: read`';
  const branch: EnvironmentCheck = {
    id: `environment-${name}-branch`,
    title: `${name} is entered from the default branch alone`,
    needs,
    wrong: ({ branches }) => (branches === null ? 'any branch may' : null),
  };
  if (!last) return [branch];
  return [
    branch,
    {
      id: `environment-${name}-reviewers`,
      title: `Somebody approves what enters ${name}`,
      needs,
      wrong: ({ reviewers }) => (reviewers === 0 ? 'nobody has to' : null),
    },
    {
      id: `environment-${name}-self`,
      title: `Nobody approves their own way into ${name}`,
      needs,
      wrong: ({ preventSelfReview }) => (preventSelfReview ? null : 'they may'),
    },
  ];
}
