import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GitSandbox, makeSandbox, messageOf } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import type { CheckResult } from '../../gate/verdict.ts';
import type { ReleaseRecord } from '../../registry/index.ts';
import { digestOf, git, openWorkspace, type Workspace } from '../../workspace/index.ts';
import { firstStep } from '../agent/canary/state.fixture.ts';
import { type EnvironmentState, writeAgentState } from '../agent/state.ts';
import { type Effects, promote, realEffects, statusOf } from '../index.ts';

// A server of the same protocol and an agent's state file stand for the running world.

let sandbox: GitSandbox;
let workspace: Workspace;
let [one, two, three]: ReleaseRecord[] = [];
const answers: Record<string, ReleaseRecord | undefined> = {};
const server = createServer((request, response) => {
  const environment = request.url!.split('/')[1]!;
  const running = answers[environment];
  response.statusCode = running ? 200 : 503;
  response.end(
    JSON.stringify(
      running
        ? { name: 'churn', parameters: { version: running.version, model_digest: running.modelDigest } }
        : { error: 'no' },
    ),
  );
});
const url = (environment: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${environment}`;
const pending: CheckResult = {
  id: 'error_rate at-most 0.1 from dev',
  check: { metric: 'error_rate', 'at-most': 0.1, from: 'dev' },
  outcome: 'pending',
  value: null,
  bound: null,
  limit: 0.1,
  reason: 'pending',
};

const entry = (environment: string, over: Partial<EnvironmentState> = {}): EnvironmentState => ({
  model: 'churn',
  environment,
  version: answers[environment]?.version ?? null,
  image: answers[environment] ? imageOf(answers[environment]) : null,
  modelDigest: answers[environment]?.modelDigest ?? null,
  url: url(environment),
  port: 1,
  serverPid: null,
  serverPort: null,
  golden: { asked: 32, equal: 32 },
  since: null,
  refused: null,
  ...over,
});
const imageOf = ({ image }: ReleaseRecord) => `${image.name}@${image.digest}`;
const agent = (environments: readonly EnvironmentState[], pid: number | null = process.pid) =>
  writeAgentState(workspace, {
    v: 1,
    pid,
    started: '2026-11-21T12:00:00Z',
    remote: null,
    branch: 'environments',
    servers: [],
    environments: Object.fromEntries(environments.map((state) => [`churn/${state.environment}`, state])),
  });
/** The world changes once the commit is pushed. */
const afterPush = (change: () => void): Effects => ({
  ...realEffects,
  async perform(name, work) {
    const result = await work();
    if (name === 'push') change();
    return result;
  },
});
const to = (version: string, environment: string, effects = realEffects, observe = 5) =>
  promote(workspace, { model: 'churn', version, environment, observe }, effects);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sandbox = await makeSandbox();
  workspace = await makeProject(sandbox);
  one = await registerVersion(workspace, 'v1.0.0');
  two = await registerVersion(workspace, 'v1.1.0');
  const verdict = { verdict: 'pass' as const, digest: digestOf('v'), reasons: [] };
  three = await registerVersion(workspace, 'v1.2.0', {
    verdicts: { dev: { ...verdict, checks: [] }, staging: { ...verdict, checks: [pending] } },
  });
});
beforeEach(() => {
  for (const environment of Object.keys(answers)) delete answers[environment];
});
afterAll(async () => {
  server.close();
  await sandbox[Symbol.asyncDispose]();
});

test('promote waits until the environment answers with this version and model', async () => {
  agent([entry('dev')]);
  const result = await to(
    'v1.0.0',
    'dev',
    afterPush(() => {
      answers.dev = one;
      agent([entry('dev')]);
    }),
  );
  expect(result).toMatchObject({
    outcome: 'observed',
    observed: {
      environment: 'dev',
      version: 'v1.0.0',
      modelDigest: one!.modelDigest,
      image: imageOf(one!),
      golden: { asked: 32, equal: 32 },
      url: url('dev'),
    },
  });
  expect(
    (await statusOf(workspace)).models[0]!.environments.map(({ environment, state }) => [environment, state]),
  ).toEqual([['dev', 'observed']]);
});

test('an agent that is gone is not waited for', async () => {
  agent([entry('dev')], null);
  expect(await to('v1.1.0', 'dev', realEffects, 60)).toMatchObject({ outcome: 'written', observed: null });
});

test('silence ends in written, not in observed', async () => {
  agent([entry('dev')]);
  expect(await to('v1.0.0', 'dev', realEffects, 0.3)).toMatchObject({ outcome: 'written', observed: null });
});

test("an agent's refusal of this image fails with its reasons; the folder stays as written", async () => {
  answers.dev = one;
  const old = {
    version: 'v1.1.0',
    image: imageOf(two!),
    reasons: ['an old story'],
    time: '2026-01-01T00:00:00.000Z',
  };
  agent([entry('dev', { refused: old })]);
  const refuse = afterPush(() =>
    agent([
      entry('dev', {
        refused: {
          ...old,
          reasons: ['E_MODEL_INPUT: row 7 of the replay', 'golden request 3'],
          time: new Date().toISOString(),
        },
      }),
    ]),
  );
  expect(await messageOf(to('v1.1.0', 'dev', refuse))).toMatchInlineSnapshot(
    `"E_PROMOTE_REFUSED_BY_AGENT: the agent keeps dev as it was and refuses churn v1.1.0: E_MODEL_INPUT: row 7 of the replay; golden request 3 — a release that starts and answers its golden and replayed requests. Fix: lockstep rollback churn --in dev --reason "…"."`,
  );
  expect(
    (await statusOf(workspace)).models[0]!.environments.map(({ version, state, refused }) => ({
      version,
      state,
      refused,
    })),
  ).toEqual([
    {
      version: 'v1.1.0',
      state: 'other version answers',
      refused: ['E_MODEL_INPUT: row 7 of the replay', 'golden request 3'],
    },
  ]);
  // Asking again tells the same instead of ending green.
  expect(await messageOf(to('v1.1.0', 'dev'))).toMatch(/^E_PROMOTE_REFUSED_BY_AGENT: /);
  // And nothing goes further from there.
  expect(await messageOf(to('v1.1.0', 'staging'))).toMatchInlineSnapshot(
    `"E_PROMOTE_NOT_OBSERVED: dev should run churn v1.1.0 but answers with v1.0.0 — a version that runs in dev. Fix: see \`lockstep status\`; promote again when dev runs it."`,
  );
});

test('nobody waits for the steps of its canary', async () => {
  answers.dev = one;
  agent([
    entry('dev', {
      canary: firstStep({ image: imageOf(two!) }),
    }),
  ]);
  const result = await to('v1.1.0', 'dev', realEffects, 3_600);
  expect(result).toMatchObject({ outcome: 'already', observed: null, canary: { step: 1 } });
});

test('checks from another environment are judged by what it is seen to do', async () => {
  agent([], null);
  await to('v1.2.0', 'dev');
  expect(await messageOf(to('v1.2.0', 'staging'))).toMatchInlineSnapshot(
    `"E_VERDICT_INCONCLUSIVE: churn v1.2.0 may not go to staging: error_rate: dev was not seen to measure it for this version in models/churn/policy.yaml — error_rate at-most 0.1 from dev. Fix: let dev run it where it can be asked (lockstep up, or a url in lockstep.yaml and lockstep observe)."`,
  );
  answers.dev = three;
  agent([entry('dev', { golden: { asked: 32, equal: 16 } })]);
  expect(await messageOf(to('v1.2.0', 'staging'))).toMatchInlineSnapshot(
    `"E_VERDICT_FAILED: churn v1.2.0 may not go to staging: error_rate is 0.5 in dev, at most 0.1 is asked for in models/churn/policy.yaml — error_rate at-most 0.1 from dev. Fix: promote a version that passes."`,
  );
  agent([entry('dev')]);
  expect(await to('v1.2.0', 'staging', realEffects, 0)).toMatchObject({ outcome: 'written' });
});

test('a configured address is asked where no agent runs here', async () => {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(
    `${workspace.root}/lockstep.yaml`,
    `environments:\n  - {name: dev, url: "${url('dev')}"}\n  - staging\n  - production\n`,
  );
  agent([], null);
  answers.dev = three;
  const again = await promote(openWorkspace(workspace.root), {
    model: 'churn',
    version: 'v1.2.0',
    environment: 'dev',
  });
  expect(again).toMatchObject({
    outcome: 'observed',
    commit: null,
    observed: { url: url('dev'), golden: null, image: null },
  });
  await git(['clean', '-qf', 'lockstep.yaml'], { cwd: workspace.root });
});
