import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyAt, verifyEnvironments } from '../../src/gitops/index.ts';
import { git, openWorkspace, statePath, type Workspace } from '../../src/workspace/index.ts';
import { runAction } from '../../test/actions/run-action.ts';
import { type GitServer, startGitServer } from '../../test/fakes/git-server.ts';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import { type GitSandbox, makeSandbox } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';

/*
 * The way of a promotion with `gitops: {mode: pull-request}` on a GitHub of our own: asked by a tag or the button,
 * proposed, approved, merged or closed by people, and taken note of by the next run.
 */
let sandbox: GitSandbox;
let server: GitServer;
let github: FakeGitHub;
let ada: Workspace;
let signingKey: string;
const branch = 'lockstep/promote/churn/dev/v1.0.0';

beforeAll(async () => {
  sandbox = await makeSandbox();
  const { root } = await makeProject(sandbox, 'ada', {
    'lockstep.yaml': 'gitops: {branch: main, mode: pull-request}\n',
  });
  ada = openWorkspace(root);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(ada, version);
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  signingKey = readFileSync(statePath(ada, 'keys/ed25519.pem'), 'utf8');
  server = await startGitServer({ root: sandbox.folder, tokens: ['token'], readers: [] });
  github = await startGitHub({ tokens: { token: { login: 'github-actions[bot]' } } });
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

const at = (revision: string) => git(['rev-parse', revision], { cwd: sandbox.origin });
const pulls = () => github.state.pulls;

let jobs = 0;
async function promote(inputs: Record<string, string>, action = 'promote') {
  const root = join(sandbox.folder, `job-${++jobs}`);
  await git(['clone', '--quiet', `${server.url}/origin.git`, root], { cwd: sandbox.folder });
  const tips = (
    await git(['for-each-ref', '--format=%(refname:strip=2) %(objectname)', 'refs/heads'], {
      cwd: sandbox.origin,
    })
  )
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  github.state.branchTip = (name) => new Map(tips).get(name) ?? '1'.repeat(40);
  const before = github.requests.length;
  const result = await runAction(action, {
    workspace: root,
    with: { token: 'token', ...inputs },
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: server.url,
      GITHUB_RUN_ID: String(jobs),
      LOCKSTEP_SIGNING_KEY: signingKey,
    },
    from: 'source',
  });
  rmSync(root, { recursive: true });
  return { ...result, requests: github.requests.length - before };
}

const button = { mode: 'promote', model: 'churn', version: 'v1.0.0', environment: 'dev' };
const outcomes = ({ outputs, errors, exit }: Awaited<ReturnType<typeof promote>>) => [
  exit,
  outputs.outcome,
  errors,
];

async function merge(source: string): Promise<void> {
  const { root } = ada;
  await git(['fetch', '--quiet', 'origin'], { cwd: root });
  await git(['switch', '--quiet', '--detach', 'origin/main'], { cwd: root });
  await git(['merge', '--quiet', '--no-ff', '-m', 'Merge pull request', `origin/${source}`], { cwd: root });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  await git(['switch', '--quiet', 'main'], { cwd: root });
  const pull = pulls().find(({ head, state }) => head.ref === source && state === 'open')!;
  Object.assign(pull, {
    state: 'closed',
    merged_at: '2026-11-27T12:00:00Z',
    merge_commit_sha: await at('main'),
  });
}

test('the button opens one pull request that says what it changes and why it may', async () => {
  const first = await promote(button);
  expect(outcomes(first)).toEqual([0, 'proposed', []]);
  expect(pulls().map(({ title, head, base }) => [title, head.ref, base.ref])).toEqual([
    ['churn: v1.0.0 to dev', branch, 'main'],
  ]);
  const hex = (text: string) =>
    text.replaceAll(/[0-9a-f]{40,64}/g, '<hex>').replaceAll(server.url, '<server>');
  expect(hex(pulls()[0]!.body!)).toMatchInlineSnapshot(`
    "**churn v1.0.0** to **dev**, which names nothing yet.

    ✅ The verdict for this environment is a pass; its policy asks for nothing more.

    Nobody was asked what the environment before this one runs.

    Changes:
    - <code>models/churn/environments/dev/deployment.yaml</code>
    - <code>models/churn/environments/dev/kustomization.yaml</code>
    - <code>models/churn/environments/dev/release.json</code>
    - <code>models/churn/environments/dev/service.yaml</code>

    <details>
    <summary>Evidence</summary>

    | What | Which |
    | :- | :- |
    | image | <code>localhost/churn</code> |
    | its digest | \`sha256:<hex>\` |
    | model | \`sha256:<hex>\` |
    | commit | \`<hex>\` |
    | verdict | \`sha256:<hex>\` |
    | evaluation | \`sha256:<hex>\` |
    | policy | \`sha256:<hex>\` |
    | run | \`sha256:<hex>\` |
    | decided upon | \`<hex>\` |
    | signed for | <code>github-actions\\[bot\\] &lt;418982​82+github-actions\\[bot\\]@​users.noreply.github.com&gt;</code> |

    </details>

    [The run that proposes it](<server>/acme/models/actions/runs/1)

    Merged to <code>main</code>, in whatever way, this is the promotion: the folder carries its own evidence, and the next run of lockstep-promote makes its tag. Closed, nothing happens.

    \`\`\`text
    Lockstep-Event: promotion
    Lockstep-Model: churn
    Lockstep-Version: v1.0.0
    Lockstep-Environment: dev
    Lockstep-Image: localhost/churn@sha256:<hex>
    Lockstep-Evaluation: sha256:<hex>
    \`\`\`"
  `);
  expect(first.requests).toBeLessThanOrEqual(12);
  // `written` and not: nobody says that dev runs it.
  expect(github.state.deployments).toEqual([]);
  const commit = await at(branch);
  const again = await promote(button);
  expect([...outcomes(again), again.outputs['pull-request']]).toEqual([
    0,
    'proposed',
    [],
    first.outputs['pull-request'],
  ]);
  expect([pulls().length, await at(branch)]).toEqual([1, commit]);
});

test('merged, the sweep finds it, and its run makes the tag with who approved', async () => {
  const head = await at(branch);
  github.state.pulls[0]!.head.sha = head;
  const review = (
    id: number,
    login: string,
    state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED',
    commit = head,
  ) =>
    github.state.reviews.push({ pull: 7, state, user: { login, id }, commit, time: '2026-11-27T11:00:00Z' });
  Object.assign(github.state.permissions, { grace: 'write', mallory: 'read', ada: 'admin', bob: 'write' });
  review(7, 'grace', 'APPROVED');
  review(8, 'mallory', 'APPROVED');
  review(9, 'ada', 'APPROVED');
  review(9, 'ada', 'CHANGES_REQUESTED');
  review(10, 'bob', 'APPROVED', '1'.repeat(40));
  review(7, 'grace', 'COMMENTED');
  await merge(branch);
  const job = { model: 'churn', version: 'v1.0.0', environment: 'dev', tag: '' };
  expect(JSON.parse((await promote({ mode: 'sweep' })).outputs.matrix!)).toEqual({ include: [job] });
  expect(outcomes(await promote({ mode: 'promote', ...job }))).toEqual([0, 'already', []]);
  expect(await git(['tag', '-l', 'churn#*'], { cwd: sandbox.origin })).toBe('churn#dev#1');
  expect(github.state.deployments.map(({ environment }) => environment)).toEqual(['dev']);
  expect((await promote({ mode: 'sweep' })).outputs.count).toBe('0');
  expect((await verifyEnvironments(ada)).findings).toEqual([]);
  await git(['fetch', '--quiet', '--tags', 'origin'], { cwd: ada.root });
  const { environments } = await historyAt(ada, new Date());
  expect(environments[0]).toMatchObject({
    version: 'v1.0.0',
    tag: 'churn#dev#1',
    evidence: { approvals: [{ by: 'grace', id: 7, time: '2026-11-27T11:00:00Z' }] },
  });
});

test('a tag whose pull request was closed and its branch deleted is refused; the button asks anew', async () => {
  const { root } = ada;
  const tag = 'churn#dev#4';
  await git(['tag', '-a', tag, '-m', 'please', 'churn@v1.1.0^{commit}'], { cwd: root });
  await git(['push', '--quiet', 'origin', `refs/tags/${tag}`], { cwd: root });
  const job = { model: 'churn', version: 'v1.1.0', environment: 'dev', tag };
  expect(outcomes(await promote({ mode: 'promote', ...job }))).toEqual([0, 'proposed', []]);
  expect(github.state.statuses.at(-1)).toMatchObject({ context: 'lockstep/promote/dev', state: 'pending' });
  expect((await promote({ mode: 'sweep' })).outputs.count).toBe('0');
  const [pull] = pulls();
  pull!.state = 'closed';
  await git(['branch', '--quiet', '-D', pull!.head.ref], { cwd: sandbox.origin });
  expect(JSON.parse((await promote({ mode: 'sweep' })).outputs.matrix!)).toEqual({ include: [job] });
  const refused = await promote({ mode: 'promote', ...job });
  expect([refused.exit, refused.outputs.outcome, refused.errors]).toMatchInlineSnapshot(`
    [
      1,
      "refused",
      [
        "churn v1.1.0 in dev: refused. pull request 8 was closed and not merged",
      ],
    ]
  `);
  expect(github.state.statuses.at(-1)).toMatchObject({ context: 'lockstep/promote/dev', state: 'failure' });
  expect((await git(['tag', '-l', 'churn#*'], { cwd: sandbox.origin })).split('\n')).toContain(
    'churn#dev!#5',
  );
  expect((await promote({ mode: 'sweep' })).outputs.count).toBe('0');
  expect(outcomes(await promote({ ...button, version: 'v1.1.0' }))).toEqual([0, 'proposed', []]);
  expect(pulls().filter(({ state }) => state === 'open')).toHaveLength(1);
});

test('where workflows may open no pull request, the address that opens it is said', async () => {
  const [pull] = pulls();
  pull!.state = 'closed';
  github.fault = (operation) =>
    operation.startsWith('POST /repos/{owner}/{repo}/pulls')
      ? {
          status: 403,
          body: { message: 'GitHub Actions is not permitted to create or approve pull requests.' },
        }
      : null;
  const result = await promote({ ...button, version: 'v1.1.0' });
  github.fault = null;
  expect([...outcomes(result), result.outputs['pull-request']]).toEqual([0, 'proposed', [], '']);
  expect(result.log).toContain('/compare/main...lockstep/promote/churn/dev/v1.1.0?expand=1');
});

test('what main deploys to the first environment is asked for in the same way', async () => {
  const deploy = { models: 'churn', version: 'v1.1.0', environment: 'dev' };
  const result = await promote(deploy, 'deploy');
  expect([result.exit, result.outputs.outcomes, result.errors]).toEqual([0, '{"churn":"proposed"}', []]);
  const open = pulls().filter(({ state }) => state === 'open');
  expect(open.map(({ head }) => head.ref)).toEqual(['lockstep/promote/churn/dev/v1.1.0']);
  expect(result.log).toContain(`/pull/${open[0]!.number}`);
});

test('a tag that asked is told when its promotion was merged, and once', async () => {
  const { root } = ada;
  const tag = 'churn#dev#8';
  await git(['tag', '-a', tag, '-m', 'please', 'churn@v1.1.0^{commit}'], { cwd: root });
  await git(['push', '--quiet', 'origin', `refs/tags/${tag}`], { cwd: root });
  const job = { model: 'churn', version: 'v1.1.0', environment: 'dev', tag };
  await promote({ mode: 'promote', ...job });
  await merge('lockstep/promote/churn/dev/v1.1.0');
  expect(JSON.parse((await promote({ mode: 'sweep' })).outputs.matrix!)).toEqual({ include: [job] });
  expect(outcomes(await promote({ mode: 'promote', ...job }))).toEqual([0, 'already', []]);
  expect(github.state.statuses.at(-1)).toMatchObject({ context: 'lockstep/promote/dev', state: 'success' });
  expect((await promote({ mode: 'sweep' })).outputs.count).toBe('0');
});
