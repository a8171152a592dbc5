import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startGitHub } from '../../../test/fakes/github/server.ts';
import { makeRepository, makeSandbox } from '../../../test/git-sandbox.ts';
import { openWorkspace } from '../../workspace/index.ts';
import { isOwned, parseOwners } from './code-owners.ts';
import { diagnose } from './diagnosis.ts';
import { examine } from './doctor.ts';
import { type Facts, hidden, known, noPlan, type RemoteFacts, type Ruleset } from './facts.ts';
import { guardedRefs } from './guarded-refs.ts';
import { guardedPaths } from './local-checks.ts';
import { readLocalFacts } from './local-facts.ts';

const ruleset = (over: Partial<Ruleset>): Ruleset => ({
  name: 'rules',
  target: 'branch',
  active: true,
  include: [],
  exclude: [],
  rules: ['creation', 'update', 'deletion', 'non_fast_forward'],
  checks: [],
  codeOwners: false,
  bypass: ['Integration'],
  ...over,
});
const rulesets: readonly Ruleset[] = [
  ruleset({ target: 'tag', include: ['refs/tags/*@*', 'refs/tags/*#*'] }),
  ruleset({ include: ['refs/heads/environments'] }),
  ruleset({
    include: ['~DEFAULT_BRANCH'],
    rules: ['deletion', 'non_fast_forward', 'pull_request', 'required_status_checks'],
    checks: ['lockstep/verdict'],
    codeOwners: true,
  }),
];
const environment = { reviewers: 1, preventSelfReview: true, branches: 'custom' } as const;
const remote: RemoteFacts = {
  fullName: 'acme/models',
  url: 'https://github.com/acme/models',
  private: false,
  ownerIsPerson: false,
  defaultBranch: 'main',
  rulesets: known(rulesets),
  environments: known([
    { ...environment, name: 'staging' },
    { ...environment, name: 'production' },
  ]),
  actions: known({ allowed: 'selected', shaPinning: true }),
  token: known({ write: false, mayApprove: false }),
  forkApproval: known('all_external_contributors'),
  workflows: known([{ path: '.github/workflows/lockstep-promote.yml', state: 'active' }]),
  selfHosted: known(0),
  secretScanning: known(true),
  immutableReleases: known(true),
};
const good: Facts = {
  remote,
  local: {
    environments: ['dev', 'staging', 'production'],
    gitops: { branch: 'environments', mode: 'push', repository: null },
    workflows: new Map([
      ['.github/workflows/lockstep-pull-request.yml', 'on:\n  pull_request:\n  merge_group:\n'],
    ]),
    outdated: [],
    codeOwners: guardedPaths.map((path) => `${path} @acme/leads`).join('\n'),
    trust: 'keys',
    base: { reference: `node@sha256:${'0'.repeat(64)}`, pinned: true },
    gpuPipelines: [],
    configuration: null,
  },
};
const missing = (facts: Facts) =>
  diagnose(facts).flatMap((finding) => (finding.kind === 'missing' ? [finding.id] : []));
const withRemote = (over: Partial<RemoteFacts>): Facts => ({ ...good, remote: { ...remote, ...over } });
const withLocal = (over: Partial<Facts['local']>): Facts => ({ ...good, local: { ...good.local, ...over } });
const withRules = (change: (one: Ruleset, place: number) => Partial<Ruleset>): Facts =>
  withRemote({ rulesets: known(rulesets.map((one, place) => ({ ...one, ...change(one, place) }))) });
const withEnvironment = (over: object): Facts =>
  withRemote({
    environments: known([
      { ...environment, name: 'staging' },
      { ...environment, ...over, name: 'production' },
    ]),
  });

test('a repository that is set up has nothing missing', () => {
  expect(missing(good)).toEqual([]);
});

const promotedTo = (branch: string, mode: 'push' | 'pull-request', rules: readonly Ruleset[]): Facts => ({
  local: { ...good.local, gitops: { branch, mode, repository: null } },
  remote: { ...remote, rulesets: known(rules) },
});
const [tags, environmentsRules, defaultRules] = rulesets as [Ruleset, Ruleset, Ruleset];

test('where promotions go to main, or are merged, no rule is asked for that would keep them out', () => {
  const shut = { ...defaultRules, bypass: [] };
  expect(missing(promotedTo('main', 'pull-request', [tags, shut]))).toEqual([]);
  expect(missing(promotedTo('main', 'push', [tags, shut]))).toEqual(['promotions-pushed']);
  expect(missing(promotedTo('main', 'push', [tags, defaultRules]))).toEqual([]);
  const merged = { ...environmentsRules, rules: ['deletion', 'non_fast_forward', 'pull_request'] };
  expect(missing(promotedTo('environments', 'pull-request', [tags, defaultRules, merged]))).toEqual([]);
  expect(missing(promotedTo('environments', 'push', [tags, defaultRules, merged]))).toEqual([
    'branch-environments',
  ]);
  const elsewhere = { branch: 'main', mode: 'push', repository: 'https://example.com/deploy.git' } as const;
  expect(missing({ ...good, local: { ...good.local, gitops: elsewhere } })).toEqual([]);
});

test.each<[string, string[], Facts]>([
  [
    'no rules for tags',
    ['tags-versions', 'tags-promotions'],
    withRemote({ rulesets: known(rulesets.slice(1)) }),
  ],
  [
    'version tags alone',
    ['tags-promotions'],
    withRules((one) => (one.target === 'tag' ? { include: ['refs/tags/*@*'] } : {})),
  ],
  [
    'rules that only watch',
    ['tags-versions', 'tags-promotions'],
    withRules((one) => (one.target === 'tag' ? { active: false } : {})),
  ],
  [
    'tags may be moved',
    ['tags-versions', 'tags-promotions'],
    withRules((one) => (one.target === 'tag' ? { rules: ['creation', 'deletion'] } : {})),
  ],
  [
    'an unguarded branch',
    ['branch-environments'],
    withRemote({ rulesets: known([rulesets[0]!, rulesets[2]!]) }),
  ],
  [
    'pushes to main',
    ['branch-default'],
    withRules((_, place) =>
      place === 2 ? { rules: ['deletion', 'non_fast_forward', 'required_status_checks'] } : {},
    ),
  ],
  [
    'another required check',
    ['required-check'],
    withRules(({ checks }) => (checks.length > 0 ? { checks: ['ci'] } : {})),
  ],
  ['owners not asked', ['code-owners-required'], withRules(() => ({ codeOwners: false }))],
  [
    'a person let past',
    ['bypass'],
    withRules((_, place) => (place === 0 ? { bypass: ['RepositoryRole'] } : {})),
  ],
  [
    'a token that writes',
    ['default-token'],
    withRemote({ token: known({ write: true, mayApprove: false }) }),
  ],
  [
    'workflows that approve',
    ['actions-approve'],
    withRemote({ token: known({ write: false, mayApprove: true }) }),
  ],
  [
    'strangers run at once',
    ['fork-approval'],
    withRemote({ forkApproval: known('first_time_contributors_new_to_github') }),
  ],
  [
    'actions by tag',
    ['sha-pinning'],
    withRemote({ actions: known({ allowed: 'selected', shaPinning: false }) }),
  ],
  ['any action', ['allowed-actions'], withRemote({ actions: known({ allowed: 'all', shaPinning: true }) })],
  ['a runner of its own in public', ['self-hosted-public'], withRemote({ selfHosted: known(2) })],
  [
    'a stopped schedule',
    ['schedules'],
    withRemote({
      workflows: known([{ path: '.github/workflows/lockstep-promote.yml', state: 'disabled_inactivity' }]),
    }),
  ],
  ['secrets pushed', ['push-protection'], withRemote({ secretScanning: known(false) })],
  ['another default branch', ['default-branch'], withRemote({ defaultBranch: 'trunk/x' })],
  ['releases that change', ['immutable-releases'], withRemote({ immutableReleases: known(false) })],
  ['no reviewers', ['environment-production-reviewers'], withEnvironment({ reviewers: 0 })],
  ['one reviews oneself', ['environment-production-self'], withEnvironment({ preventSelfReview: false })],
  ['any branch deploys', ['environment-production-branch'], withEnvironment({ branches: null })],
  [
    'no such environment',
    ['environment-staging-branch'],
    withRemote({ environments: known([{ ...environment, name: 'production' }]) }),
  ],
  [
    'pull_request_target',
    ['pull-request-target'],
    withLocal({
      workflows: new Map([
        ...good.local.workflows,
        ['.github/workflows/x.yml', 'on: {pull_request_target: {}}\n'.replace('{', '\n  ')],
      ]),
    }),
  ],
  [
    'workflows that are not filled in',
    ['workflows'],
    withLocal({
      outdated: null,
      workflows: new Map([
        ['.github/workflows/lockstep-pull-request.yml', 'merge_group:\nuses: OWNER/lockstep/actions/plan@0'],
      ]),
    }),
  ],
  ['edited workflows', ['workflows'], withLocal({ outdated: ['.github/workflows/lockstep-main.yml'] })],
  ['nobody owns the policy', ['code-owners'], withLocal({ codeOwners: '/docs/ @acme/writers\n' })],
  ['a later line without an owner', ['code-owners'], withLocal({ codeOwners: '* @acme/leads\n/models/\n' })],
  ['any key of the branch', ['trust'], withLocal({ trust: 'environments' })],
  ['a base by tag', ['base-pinned'], withLocal({ base: { reference: 'node:24', pinned: false } })],
  [
    'no merge group',
    ['merge-group'],
    withLocal({
      workflows: new Map([['.github/workflows/lockstep-pull-request.yml', 'on: pull_request\n']]),
    }),
  ],
  ['a broken lockstep.yaml', ['configuration'], withLocal({ configuration: 'E_CONFIG_KEY: …' })],
])('%s', (_, ids, facts) => {
  expect(missing(facts)).toEqual(ids);
});

test('what a token may not see is not called missing, and neither is what a plan has not', () => {
  const kinds = (facts: Facts) => new Set(diagnose(facts).map(({ kind }) => kind));
  expect(missing(withRemote({ rulesets: hidden, actions: hidden, token: hidden }))).toEqual([]);
  expect(kinds(withRemote({ rulesets: hidden }))).toContain('hidden');
  expect(kinds(withRemote({ rulesets: noPlan, environments: noPlan }))).toContain('not in this plan');
});

test.each([
  ['/models/* @a/b', false],
  ['/models/ @a/b', true],
  ['models/ @a/b', true],
  ['/models/** @a/b', true],
  ['* @a/b', true],
  ['/* @a/b', false],
  ['* nobody', false],
  ['/models/*/policy.yaml @your/leads', false],
  ['*.yaml ada@example.com', true],
  ['/models/ @a/b\n/models/fraud/policy.yaml', false],
  ['/models/ @a/b\n/models/fraud/card.md', true],
  ['/models/fraud/policy.yaml\n/models/ @a/b', true],
  ['/model/ @a/b', false],
])('the owners "%s" own every policy: %s', (text, owned) => {
  expect(isOwned(parseOwners(text), '/models/*/policy.yaml')).toBe(owned);
});

test('a folder is owned with all that lies in it, or not', () => {
  const owns = (text: string) => isOwned(parseOwners(text), '/.github/');
  expect(owns('.github/ @a/b')).toBe(true);
  // What lies deeper, and CODEOWNERS itself, would be nobody's.
  expect([owns('/.github/* @a/b'), owns('/.github/workflows/ @a/b')]).toEqual([false, false]);
});

test('an owner of a folder owns what is in it; actions that are not here need none', () => {
  const codeOwners = '/models/ @acme/leads\n/lockstep.yaml @acme/leads\n/.github/ @acme/leads\n';
  const named = (text: string) =>
    withLocal({
      codeOwners,
      workflows: new Map([...good.local.workflows, ['.github/workflows/x.yml', text]]),
    });
  expect(missing(named('uses: acme/lockstep/actions/plan@v1'))).toEqual([]);
  expect(missing(named('uses: ./actions/plan'))).toEqual(['code-owners']);
});

test('asks GitHub, and says what it may not see', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeRepository(sandbox.folder);
  await using github = await startGitHub();
  const { settings } = github.state;
  const branch = { target: 'branch', enforcement: 'disabled', rules: [], bypass_actors: [] } as const;
  for (let id = 2; id < 42; id++) settings.rulesets.push({ ...branch, id, name: `rule ${id}` });
  // Last of 41, on what would be the second page.
  settings.rulesets.push({
    id: 1,
    name: 'tags',
    target: 'tag',
    enforcement: 'active',
    conditions: { ref_name: { include: ['refs/tags/*@*'], exclude: [] } },
    rules: [{ type: 'creation' }, { type: 'update' }, { type: 'deletion' }],
    bypass_actors: [{ actor_id: 5, actor_type: 'RepositoryRole' }],
  });
  settings.token = { default_workflow_permissions: 'write', can_approve_pull_request_reviews: false };
  settings.environments.push({
    name: 'production',
    protection_rules: [
      { id: 1, node_id: 'x', type: 'required_reviewers', prevent_self_review: true, reviewers: [] },
    ],
  });
  github.fault = (operation) =>
    /\/actions\/runners$|\/immutable-releases$/.test(operation)
      ? { status: 403, body: { message: 'Resource not accessible by personal access token' } }
      : null;
  const env = { GITHUB_REPOSITORY: 'acme/models', GITHUB_API_URL: github.url, GITHUB_TOKEN: 'token' };
  const { findings, repository } = await examine(workspace, env);
  const kindOf = Object.fromEntries(findings.map(({ id, kind }) => [id, kind]));
  expect(repository).toBe('acme/models');
  expect(kindOf).toMatchObject({
    'tags-versions': 'holds',
    'tags-promotions': 'missing',
    bypass: 'missing',
    'default-token': 'missing',
    'actions-approve': 'holds',
    'environment-production-reviewers': 'missing',
    'sha-pinning': 'missing',
    'immutable-releases': 'hidden',
    'self-hosted-public': 'hidden',
  });
  github.fault = (operation) =>
    operation.endsWith('/rulesets/{ruleset_id}')
      ? { status: 403, body: { message: 'Resource not accessible' } }
      : null;
  const again = Object.fromEntries(
    (await examine(workspace, env)).findings.map(({ id, kind }) => [id, kind]),
  );
  expect(again).toMatchObject({
    'tags-versions': 'hidden',
    'immutable-releases': 'missing',
    'default-token': 'missing',
  });
  expect((await examine(workspace, {})).alone).toBe('origin is no repository on GitHub');
  expect((await examine(workspace, { ...env, GITHUB_TOKEN: 'wrong' })).alone).toMatch(/^E_GITHUB_AUTH: /);
});

test('docs/settings.md has a row and a ruleset for every ref, and an owner’s line for every path', () => {
  const folder = join(import.meta.dirname, '../../../docs');
  const page = readFileSync(join(folder, 'settings.md'), 'utf8');
  for (const { id, refs, rules, target } of guardedRefs) {
    expect(page).toContain(`settings/${id}.json`);
    const file = JSON.parse(readFileSync(join(folder, `settings/${id}.json`), 'utf8'));
    expect(file).toMatchObject({
      target,
      enforcement: 'active',
      conditions: { ref_name: { include: refs('environments', 'main') } },
    });
    expect(file.rules.map(({ type }: { type: string }) => type)).toEqual(expect.arrayContaining([...rules]));
  }
  expect(readdirSync(join(folder, 'settings'))).toHaveLength(guardedRefs.length);
  const owners = readFileSync(join(folder, '../.github/CODEOWNERS'), 'utf8');
  for (const path of guardedPaths) {
    expect(page).toContain(path);
    expect(owners).toContain(`# ${path} @your/leads`);
  }
});

test('a workflow that was edited is told where its source is there', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  const home = join(import.meta.dirname, '../../..');
  cpSync(join(home, '.github'), join(root, '.github'), { recursive: true });
  const outdated = async () => (await readLocalFacts(openWorkspace(root))).outdated;
  expect(await outdated()).toBeNull();
  cpSync(join(home, 'workflows'), join(root, 'workflows'), { recursive: true });
  expect(await outdated()).toEqual([]);
  const path = '.github/workflows/lockstep-report.yml';
  appendFileSync(join(root, path), '# mine\n');
  expect(await outdated()).toEqual([path]);
  writeFileSync(join(root, 'workflows/mine.yml'), 'jobs:\n  a:\n    steps:\n      - uses: check-out\n');
  expect(await outdated()).toEqual([
    expect.stringMatching(/^E_CONFIG_VALUE: `uses: check-out` stands for nothing in workflows\/mine.yml/),
  ]);
});
