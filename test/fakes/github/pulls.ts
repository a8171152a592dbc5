import type { Answering } from './answers.ts';
import { found, user } from './found.ts';
import type { Pull } from './state.ts';

/** Pull requests and what was said of them in reviews. */
export const pullAnswers: Readonly<Record<string, Answering>> = {
  'GET /repos/{owner}/{repo}/pulls': ({ pulls }, { query }) => {
    const [owner, branch] = (query.get('head') ?? ':').split(':');
    const state = query.get('state') ?? 'open';
    const own = pulls.filter(
      (pull) =>
        (state === 'all' || pull.state === state) &&
        (!query.has('head') ||
          (pull.head.repo?.full_name.split('/')[0] === owner && pull.head.ref === branch)),
    );
    return { status: 200, paged: own.map(pullAnswer) };
  },
  'POST /repos/{owner}/{repo}/pulls': (state, { body }) => {
    const { head, base, title, body: text } = body as Record<string, string>;
    const repo = { id: 1, full_name: `${state.owner}/${state.name}` };
    if (state.pulls.some((pull) => pull.state === 'open' && pull.head.ref === head))
      return { status: 422, body: { message: 'Validation Failed: a pull request already exists' } };
    const pull: Pull = {
      number: state.pulls.reduce((most, { number }) => Math.max(most, number), 6) + 1,
      state: 'open',
      merged_at: null,
      merge_commit_sha: null,
      head: { sha: state.branchTip(head!), ref: head!, repo },
      base: { sha: state.branchTip(base!), ref: base! },
      title: title!,
      body: text ?? null,
    };
    state.pulls.unshift(pull);
    return { status: 201, body: pullAnswer(pull) };
  },
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': ({ pulls }, { parameters, body }) => {
    const pull = pulls.find(({ number }) => number === Number(parameters.pull_number));
    if (pull) Object.assign(pull, body);
    return found(pull && pullAnswer(pull));
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': ({ reviews }, { parameters }) => ({
    status: 200,
    paged: reviews
      .filter(({ pull }) => pull === Number(parameters.pull_number))
      .map(({ state, user: who, commit, time }) => ({
        state,
        user: { ...user(who.login), id: who.id },
        commit_id: commit,
        submitted_at: time,
      })),
  }),
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': ({ pulls }, { parameters }) => {
    const pull = pulls.find(({ number }) => number === Number(parameters.pull_number));
    return found(pull && pullAnswer(pull));
  },
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': ({ pulls }, { parameters }) => ({
    status: 200,
    paged: pulls
      .filter(({ merge_commit_sha: sha, head }) => [sha, head.sha].includes(parameters.commit_sha!))
      .map(pullAnswer),
  }),
};

const pullAnswer = ({ head, base, ...pull }: Pull) => ({
  ...pull,
  html_url: `https://github.example/pull/${pull.number}`,
  head: { ...head, label: head.ref, user: user('somebody') },
  base: { ...base, label: base.ref, user: user('somebody'), repo: { id: 1, default_branch: 'main' } },
  user: user('somebody'),
});
