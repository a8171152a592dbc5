import type { GitHub } from '../../github/index.ts';
import { isLockstepError } from '../../workspace/index.ts';
import {
  type EnvironmentFacts,
  hidden,
  type Known,
  known,
  noPlan,
  type RemoteFacts,
  type Ruleset,
} from './facts.ts';

interface Repository {
  readonly full_name: string;
  readonly html_url: string;
  readonly private: boolean;
  readonly default_branch: string;
  readonly owner: { readonly type: string };
  readonly security_and_analysis?: {
    readonly secret_scanning_push_protection?: { readonly status?: string };
  } | null;
}

/** Asks GitHub for everything that `doctor` looks at; what this token may not see is said to be hidden. */
export async function readRemoteFacts(github: GitHub): Promise<RemoteFacts> {
  const repository = await github.ask<Repository>('GET /repos/{owner}/{repo}');
  const { private: isPrivate } = repository;
  // A private repository on the free plan answers 403 to an administrator too, in words of its own.
  const ask = <T, R>(route: string, read: (answer: T) => R, missing?: Known<R>) =>
    asked(github, route, read, { isPrivate, ...(missing === undefined ? {} : { missing }) });
  const protection = repository.security_and_analysis?.secret_scanning_push_protection?.status;
  const permissions = await ask<
    { allowed_actions?: string; sha_pinning_required?: boolean },
    { allowed: string; shaPinning: boolean }
  >(
    'GET /repos/{owner}/{repo}/actions/permissions',
    ({ allowed_actions = 'all', sha_pinning_required = false }) => ({
      allowed: allowed_actions,
      shaPinning: sha_pinning_required,
    }),
  );
  return {
    fullName: repository.full_name,
    url: repository.html_url,
    private: isPrivate,
    ownerIsPerson: repository.owner.type === 'User',
    defaultBranch: repository.default_branch,
    rulesets: await readRulesets(github, isPrivate),
    environments: await ask('GET /repos/{owner}/{repo}/environments', readEnvironments),
    actions: permissions,
    token: await ask<
      { default_workflow_permissions: string; can_approve_pull_request_reviews: boolean },
      { write: boolean; mayApprove: boolean }
    >(
      'GET /repos/{owner}/{repo}/actions/permissions/workflow',
      ({ default_workflow_permissions: may, can_approve_pull_request_reviews: mayApprove }) => ({
        write: may === 'write',
        mayApprove,
      }),
    ),
    forkApproval: await ask<{ approval_policy: string }, string>(
      'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval',
      ({ approval_policy }) => approval_policy,
    ),
    workflows: await ask<{ workflows: { path: string; state: string }[] }, { path: string; state: string }[]>(
      'GET /repos/{owner}/{repo}/actions/workflows',
      ({ workflows }) => workflows,
    ),
    selfHosted: await ask<{ total_count: number }, number>(
      'GET /repos/{owner}/{repo}/actions/runners',
      ({ total_count }) => total_count,
    ),
    secretScanning: protection === undefined ? hidden : known(protection === 'enabled'),
    // Not to be found means off, and the same to whoever may not see it: who sees the other settings may.
    immutableReleases: await ask<{ enabled: boolean }, boolean>(
      'GET /repos/{owner}/{repo}/immutable-releases',
      ({ enabled }) => enabled,
      permissions.kind === 'known' ? known(false) : hidden,
    ),
  };
}

/** What comes in pages, the most of it at once: nobody has a hundred of these. */
const lists = ['/rulesets', '/environments', '/workflows'];
const whole = { per_page: 100 };

interface Asking<R> {
  readonly isPrivate: boolean;
  /** What 404 stands for, where it isn't that the token may not see it. */
  readonly missing?: Known<R>;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

async function asked<T, R>(
  github: GitHub,
  route: string,
  read: (answer: T) => R,
  { isPrivate, missing = hidden, parameters = {} }: Asking<R>,
): Promise<Known<R>> {
  const paged = lists.some((end) => route.endsWith(end)) ? whole : {};
  try {
    return known(read(await github.ask<T>(route, { ...paged, ...parameters })));
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    if (/upgrade to|not available for|feature is not/i.test(error.message) && isPrivate) return noPlan;
    if (error.code === 'E_GITHUB_MISSING') return missing;
    if (error.code === 'E_GITHUB_PERMISSION') return hidden;
    throw error;
  }
}

interface RulesetAnswer {
  readonly id: number;
  readonly name: string;
  readonly target?: Ruleset['target'];
  readonly enforcement: string;
  readonly conditions?: {
    readonly ref_name?: { readonly include?: string[]; readonly exclude?: string[] };
  } | null;
  readonly rules?: readonly {
    readonly type: string;
    readonly parameters?: {
      required_status_checks?: { context: string }[];
      require_code_owner_review?: boolean;
    };
  }[];
  readonly bypass_actors?: readonly { readonly actor_type: string }[];
}

async function readRulesets(github: GitHub, isPrivate: boolean): Promise<Known<readonly Ruleset[]>> {
  const listed = await asked<RulesetAnswer[], RulesetAnswer[]>(
    github,
    'GET /repos/{owner}/{repo}/rulesets',
    (all) => all,
    { isPrivate },
  );
  if (listed.kind !== 'known') return listed;
  const rulesets: Ruleset[] = [];
  for (const { id } of listed.value) {
    const found = await asked<RulesetAnswer, RulesetAnswer>(
      github,
      'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
      (answer) => answer,
      { isPrivate, parameters: { ruleset_id: id } },
    );
    if (found.kind !== 'known') return found;
    const { value: whole } = found;
    const rules = whole.rules ?? [];
    rulesets.push({
      name: whole.name,
      target: whole.target ?? 'branch',
      active: whole.enforcement === 'active',
      include: whole.conditions?.ref_name?.include ?? [],
      exclude: whole.conditions?.ref_name?.exclude ?? [],
      rules: rules.map(({ type }) => type),
      checks: rules.flatMap(
        ({ parameters }) => parameters?.required_status_checks?.map(({ context }) => context) ?? [],
      ),
      codeOwners: rules.some(({ parameters }) => parameters?.require_code_owner_review === true),
      bypass: whole.bypass_actors?.map(({ actor_type }) => actor_type) ?? null,
    });
  }
  return known(rulesets);
}

interface EnvironmentsAnswer {
  readonly environments?: readonly {
    readonly name: string;
    readonly protection_rules?: readonly {
      readonly type: string;
      readonly reviewers?: readonly unknown[];
      readonly prevent_self_review?: boolean;
    }[];
    readonly deployment_branch_policy?: {
      readonly protected_branches: boolean;
      readonly custom_branch_policies: boolean;
    } | null;
  }[];
}

const readEnvironments = ({ environments = [] }: EnvironmentsAnswer): EnvironmentFacts[] =>
  environments.map(({ name, protection_rules: rules = [], deployment_branch_policy: policy }) => {
    const review = rules.find(({ type }) => type === 'required_reviewers');
    return {
      name,
      reviewers: review?.reviewers?.length ?? 0,
      preventSelfReview: review?.prevent_self_review === true,
      branches: policy ? (policy.protected_branches ? 'protected' : 'custom') : null,
    };
  });
