import type { Answer, Answering } from './answers.ts';

/** What an administrator set for a repository, in GitHub's own words; what a test leaves out says nothing. */
export interface Settings {
  /** Over what the repository's own answer says. */
  repository: Record<string, unknown>;
  readonly rulesets: Ruleset[];
  readonly environments: Record<string, unknown>[];
  actions: { enabled: boolean; allowed_actions: string; sha_pinning_required: boolean };
  token: { default_workflow_permissions: 'read' | 'write'; can_approve_pull_request_reviews: boolean };
  forkApproval: string;
  readonly workflows: { path: string; state: string }[];
  readonly runners: { name: string }[];
  immutableReleases: boolean;
}

interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly enforcement: 'active' | 'disabled' | 'evaluate';
  readonly [more: string]: unknown;
}

/** As a repository is that nobody has set up. */
export const freshSettings = (): Settings => ({
  repository: {},
  rulesets: [],
  environments: [],
  actions: { enabled: true, allowed_actions: 'all', sha_pinning_required: false },
  token: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
  forkApproval: 'first_time_contributors',
  workflows: [],
  runners: [],
  immutableReleases: false,
});

const found = (body: unknown): Answer => ({ status: 200, body });
const notFound: Answer = { status: 404, body: { message: 'Not Found' } };

export const settingsAnswers: Readonly<Record<string, Answering>> = {
  'GET /repos/{owner}/{repo}/rulesets': ({ settings }) => ({
    status: 200,
    // The list holds neither conditions nor rules.
    paged: settings.rulesets.map(({ id, name, enforcement, target }) => ({ id, name, enforcement, target })),
  }),
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': ({ settings }, { parameters }) => {
    const ruleset = settings.rulesets.find(({ id }) => id === Number(parameters.ruleset_id));
    return ruleset ? found(ruleset) : notFound;
  },
  'GET /repos/{owner}/{repo}/environments': ({ settings }) => ({
    status: 200,
    key: 'environments',
    paged: settings.environments,
  }),
  'GET /repos/{owner}/{repo}/actions/permissions': ({ settings }) => found(settings.actions),
  'GET /repos/{owner}/{repo}/actions/permissions/workflow': ({ settings }) => found(settings.token),
  'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval': ({ settings }) =>
    found({ approval_policy: settings.forkApproval }),
  'GET /repos/{owner}/{repo}/actions/workflows': ({ settings }) => ({
    status: 200,
    key: 'workflows',
    paged: settings.workflows.map((workflow, index) => ({ id: index + 1, name: workflow.path, ...workflow })),
  }),
  'GET /repos/{owner}/{repo}/actions/runners': ({ settings }) => ({
    status: 200,
    key: 'runners',
    paged: settings.runners,
  }),
  // "Not Found if immutable releases are not enabled for the repository", says the description.
  'GET /repos/{owner}/{repo}/immutable-releases': ({ settings }) =>
    settings.immutableReleases ? found({ enabled: true, enforced_by_owner: false }) : notFound,
};
