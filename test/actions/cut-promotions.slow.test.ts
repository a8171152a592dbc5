import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git, statePath } from '../../src/workspace/index.ts';
import { startGitServer } from '../fakes/git-server.ts';
import { startGitHub } from '../fakes/github/server.ts';
import { makeSandbox } from '../git-sandbox.ts';
import { makeProject, registerVersion } from '../release-sandbox.ts';
import { isWrite, openWire, type Place, placesIn } from './cut.ts';
import { type ActionResult, runAction } from './run-action.ts';

/*
 * A promotion is killed between the things it does to the outside: a push over smart HTTP, each write to GitHub's API. The same
 * job again ends with one commit, one tag, one Deployment and one status, and a third time changes nothing (P2, P31).
 */
const stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), 'lockstep-cut-'));
const served = join(folder, 'served');
const wire = stack.use(await openWire());
const github = stack.use(await startGitHub());
let signingKey: string;
let urls: { readonly api: string; readonly server: string };

beforeAll(async () => {
  const sandbox = stack.use(await makeSandbox());
  const workspace = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: workspace.root });
  signingKey = readFileSync(statePath(workspace, 'keys/ed25519.pem'), 'utf8');
  mkdirSync(served);
  const server = stack.use(await startGitServer({ root: served, tokens: ['token'] }));
  urls = { api: await wire.through(github.url), server: await wire.through(server.url) };
  // v1.0.0 runs in dev, so that its Deployment has to end; two tags ask, one of them too early.
  fresh(sandbox.origin);
  expect((await job({ model: 'churn', version: 'v1.0.0', environment: 'dev' })).exit).toBe(0);
  const tag = (name: string) =>
    git(
      [
        '-c',
        'user.name=grace',
        '-c',
        'user.email=g@example.com',
        'tag',
        '-a',
        name,
        '-m',
        'please',
        'churn@v1.1.0^{commit}',
      ],
      {
        cwd: origin(),
      },
    );
  for (const name of ['churn#dev#7', 'churn#staging#8']) await tag(name);
  cpSync(origin(), join(folder, 'template.git'), { recursive: true });
  deployed = structuredClone(github.state.deployments);
}, 60_000);
afterAll(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

let deployed: typeof github.state.deployments = [];
const origin = () => join(served, 'origin.git');

/** Everything outside as it was before anybody asked. */
function fresh(template = join(folder, 'template.git')): void {
  rmSync(origin(), { recursive: true, force: true });
  cpSync(template, origin(), { recursive: true });
  github.state.deployments.splice(0, Number.POSITIVE_INFINITY, ...structuredClone(deployed));
  github.state.statuses.length = 0;
}

/** A job of its own, with a checkout of its own. */
async function job(inputs: Record<string, string>, cut?: Place): Promise<ActionResult> {
  const root = join(folder, 'job');
  rmSync(root, { recursive: true, force: true });
  await git(['clone', '--quiet', origin(), root], { cwd: folder });
  await git(['remote', 'set-url', 'origin', `${urls.server}/origin.git`], { cwd: root });
  let kill = () => {};
  wire.order(cut && { ...cut, kill: () => kill() });
  return runAction('promote', {
    workspace: root,
    with: { mode: 'promote', token: 'token', ...inputs },
    env: { GITHUB_API_URL: urls.api, GITHUB_SERVER_URL: urls.server, LOCKSTEP_SIGNING_KEY: signingKey },
    started: (end) => {
      kill = end;
    },
  });
}

/** All that people and agents see of it. */
async function outside() {
  const list = (...args: string[]) => git(args, { cwd: origin() });
  return {
    branch: await list('log', '--format=%s', 'environments'),
    tags: await list('tag', '--list', 'churn#*'),
    environment: await list('rev-parse', 'environments:models/churn/environments/dev/kustomization.yaml'),
    deployments: github.state.deployments.map(({ task, payload, statuses }) => [
      task,
      payload,
      statuses.at(-1)?.state,
    ]),
    statuses: github.state.statuses.map(({ context, state }) => `${context} ${state}`),
  };
}

/** Exit code, what is seen in the end, and where it is cut: what all requests share, in the first alone. */
const requests: [string, Record<string, string>, number, object, (writes: readonly string[]) => Place[]][] = [
  [
    'a tag that may be done',
    { tag: 'churn#dev#7', model: 'churn', version: 'v1.1.0', environment: 'dev' },
    0,
    { tags: 'churn#dev#1\nchurn#dev#7\nchurn#staging#8', statuses: ['lockstep/promote/dev success'] },
    (writes) => [...placesIn(writes), { at: 1, how: 'refused' }],
  ],
  [
    'a tag that is too early',
    { tag: 'churn#staging#8', model: 'churn', version: 'v1.1.0', environment: 'staging' },
    1,
    {
      tags: 'churn#dev#1\nchurn#dev#7\nchurn#staging!#9\nchurn#staging#8',
      statuses: ['lockstep/promote/staging failure'],
    },
    placesIn,
  ],
  [
    'the button',
    { model: 'churn', version: 'v1.1.0', environment: 'dev' },
    0,
    { statuses: [] },
    () => [{ at: 1, how: 'before' }],
  ],
];

test.each(requests)(
  '%s, cut between its writes, ends as if it had not been',
  async (_, inputs, exit, expected, places) => {
    fresh();
    const whole = await job(inputs);
    expect(whole.exit, whole.log).toBe(exit);
    const writes = wire.asked.filter(isWrite);
    expect(writes.length).toBeGreaterThan(1);
    const wanted = await outside();
    expect(wanted).toMatchObject(expected);
    const third = await job(inputs);
    expect([third.exit, wire.asked.filter(isWrite)]).toEqual([exit, []]);
    expect(await outside()).toEqual(wanted);
    for (const place of places(writes)) {
      fresh();
      const where = `${place.how} ${writes[place.at]}`;
      const first = await job(inputs, place);
      expect([where, first.exit]).toEqual([where, 1]);
      const again = await job(inputs);
      expect([where, again.exit], again.log).toEqual([where, exit]);
      expect([where, await outside()]).toEqual([where, wanted]);
    }
  },
  120_000,
);
