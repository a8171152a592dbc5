import { found, notFound, user } from './found.ts';
import { pullAnswers } from './pulls.ts';
import { settingsAnswers } from './settings.ts';
import type { Comment, Deployment, Issue, Run, State } from './state.ts';

export interface Question {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  /** Login behind the token. */
  readonly login: string;
  /** Address of the fake itself. */
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A list that is answered page by page. */
  readonly paged?: readonly unknown[];
  /** Where an answer that is no list keeps its items. */
  readonly key?: string;
}

export type Answering = (state: State, question: Question) => Answer;

/** One function an operation; what is not in them is filled in from GitHub's description. */
export const answers: Readonly<Record<string, Answering>> = {
  ...settingsAnswers,
  ...pullAnswers,
  'GET /repos/{owner}/{repo}': ({ owner, name, settings }) =>
    found({ name, full_name: `${owner}/${name}`, default_branch: 'main', ...settings.repository }),
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': (state, { parameters, url }) => ({
    status: 200,
    paged: state.comments
      .filter(({ issue }) => issue === Number(parameters.issue_number))
      .map((one) => commentAnswer(state, one, url)),
  }),
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': (state, { parameters, body, login, url }) => {
    const text = String(body.body);
    if (text.length > 65_536)
      return {
        status: 422,
        body: {
          message: 'Validation Failed: body is too long (maximum is 65536 characters)',
          documentation_url: 'x',
        },
      };
    const comment: Comment = {
      id: state.nextId++,
      issue: Number(parameters.issue_number),
      body: text,
      user: { login },
    };
    state.comments.push(comment);
    return { status: 201, body: commentAnswer(state, comment, url) };
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': (state, { parameters, body, url }) => {
    const comment = state.comments.find(({ id }) => id === Number(parameters.comment_id));
    if (!comment) return notFound;
    comment.body = String(body.body);
    return found(commentAnswer(state, comment, url));
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': ({ comments }, { parameters }) => {
    const index = comments.findIndex(({ id }) => id === Number(parameters.comment_id));
    if (index === -1) return notFound;
    comments.splice(index, 1);
    return { status: 204 };
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses': ({ statuses }, { parameters }) => ({
    status: 200,
    paged: statuses.filter(({ sha }) => sha === parameters.ref).toReversed(),
  }),
  'POST /repos/{owner}/{repo}/statuses/{sha}': ({ statuses }, { parameters, body, login }) => {
    const {
      state,
      context = 'default',
      description = null,
      target_url = null,
    } = body as Record<string, string>;
    const now = new Date().toISOString();
    const status = {
      sha: parameters.sha!,
      state: state!,
      context,
      description,
      target_url,
      creator: user(login),
      created_at: now,
      updated_at: now,
    };
    statuses.push(status);
    return { status: 201, body: status };
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': ({ runs }, { parameters, url }) => {
    const run = runs.find(({ id }) => id === Number(parameters.run_id));
    return found(run && runAnswer(run, url));
  },
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs': (
    { runs },
    { parameters, query, url },
  ) => {
    const own = runs.filter(
      (run) =>
        run.path.endsWith(`/${parameters.workflow_id}`) &&
        (!query.has('head_sha') || run.head_sha === query.get('head_sha')) &&
        (!query.has('branch') || run.head_branch === query.get('branch')) &&
        (!query.has('event') || run.event === query.get('event')),
    );
    return { status: 200, paged: own.toReversed().map((run) => runAnswer(run, url)), key: 'workflow_runs' };
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts': ({ artifacts }, { parameters, query }) => ({
    status: 200,
    key: 'artifacts',
    paged: artifacts
      .filter(
        ({ run, name }) =>
          run === Number(parameters.run_id) && (!query.has('name') || name === query.get('name')),
      )
      .map(({ id, name, zip, expired, digest }) => ({
        id,
        name,
        size_in_bytes: zip.length,
        expired,
        digest,
        workflow_run: { id: Number(parameters.run_id) },
      })),
  }),
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}': (
    { artifacts },
    { parameters, url },
  ) =>
    artifacts.some(({ id }) => id === Number(parameters.artifact_id))
      ? { status: 302, headers: { location: `${url}/_signed/artifacts/${parameters.artifact_id}` } }
      : { status: 410, body: { message: 'Artifact has expired' } },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals': ({ approvals }, { parameters }) => ({
    status: 200,
    body: approvals
      .filter(({ run }) => run === Number(parameters.run_id))
      .map(({ state, user: who, environment }) => ({
        state,
        user: who,
        environments: [{ name: environment }],
        comment: '',
      })),
  }),
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': ({ permissions }, { parameters }) =>
    found({ permission: permissions[parameters.username!] ?? 'read', role_name: 'x', user: null }),
  'GET /repos/{owner}/{repo}/deployments': ({ deployments }, { query }) => ({
    status: 200,
    paged: deployments
      .filter(
        ({ environment, task }) =>
          (!query.has('environment') || environment === query.get('environment')) &&
          (!query.has('task') || task === query.get('task')),
      )
      .toReversed()
      .map(deploymentAnswer),
  }),
  'POST /repos/{owner}/{repo}/deployments': (state, { body }) => {
    const { ref, task = 'deploy', environment = 'production', payload } = body as Record<string, string>;
    const deployment: Deployment = {
      id: state.nextId++,
      ref: ref!,
      task,
      environment,
      payload: payload ?? {},
      statuses: [],
    };
    state.deployments.push(deployment);
    return { status: 201, body: deploymentAnswer(deployment) };
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ({ deployments }, { parameters }) => {
    const deployment = deployments.find(({ id }) => id === Number(parameters.deployment_id));
    return deployment ? { status: 200, paged: deployment.statuses.toReversed() } : notFound;
  },
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': (
    { deployments },
    { parameters, body },
  ) => {
    const deployment = deployments.find(({ id }) => id === Number(parameters.deployment_id));
    if (!deployment) return notFound;
    const status = { state: String(body.state), description: String(body.description ?? '') };
    deployment.statuses.push(status);
    return { status: 201, body: status };
  },
  'GET /repos/{owner}/{repo}/issues': ({ issues }, { query, url }) => ({
    status: 200,
    paged: issues
      .filter(
        ({ state, user: who }) =>
          ['all', state].includes(query.get('state') ?? 'open') &&
          (!query.has('creator') || who.login === query.get('creator')),
      )
      .map((issue) => issueAnswer(issue, url)),
  }),
  'POST /repos/{owner}/{repo}/issues': (state, { body, login, url }) => {
    const issue: Issue = {
      number: state.nextId++,
      title: String(body.title),
      body: String(body.body ?? ''),
      state: 'open',
      user: { login },
    };
    state.issues.push(issue);
    return { status: 201, body: issueAnswer(issue, url) };
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': ({ issues }, { parameters, body, url }) => {
    const issue = issues.find(({ number }) => number === Number(parameters.issue_number));
    if (!issue) return notFound;
    Object.assign(issue, body);
    return { status: 200, body: issueAnswer(issue, url) };
  },
};

const commentAnswer = ({ owner, name }: State, { issue, user: who, ...comment }: Comment, url: string) => ({
  ...comment,
  user: user(who.login),
  html_url: `${url}/${owner}/${name}/pull/${issue}#issuecomment-${comment.id}`,
});

const runAnswer = (run: Run, url: string) => ({
  ...run,
  html_url: `${url}/actions/runs/${run.id}`,
  pull_requests: [],
});

const deploymentAnswer = ({ statuses: _, ...deployment }: Deployment) => deployment;

const issueAnswer = ({ user: who, ...issue }: Issue, url: string) => ({
  ...issue,
  user: user(who.login),
  html_url: `${url}/issues/${issue.number}`,
});
