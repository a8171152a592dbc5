import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GitSandbox, makeSandbox, messageOf } from '../../../test/git-sandbox.ts';
import { before, makeProject, policyText, registerVersion } from '../../../test/release-sandbox.ts';
import type { CheckResult } from '../../gate/verdict.ts';
import { loadKey, type ObservationRecord, type ReleaseRecord, sign } from '../../registry/index.ts';
import { git, openWorkspace, type Workspace } from '../../workspace/index.ts';
import {
  type AskRelease,
  type Effects,
  historyAt,
  historyOf,
  observe,
  promote,
  realEffects,
  rollback,
  statusOf,
  verifyEnvironments,
} from '../index.ts';
import { observationStatement, printObserved } from './observed.ts';

// What `observe` writes on the branch, and who reads it. A server of the model server's protocol stands for the cluster.

const running: Record<string, ReleaseRecord | undefined> = {};
const server = createServer((request, response) => {
  const release = running[request.url!.split('/')[1]!];
  response.statusCode = release ? 200 : 503;
  response.end(
    JSON.stringify({ parameters: { version: release?.version, model_digest: release?.modelDigest } }),
  );
});
const soaking = `${policyText}environments:\n  staging: {soak: 24h}\n`;
const file = (environment: string) => `models/churn/observed/${environment}.json`;

let sandbox: GitSandbox;
let workspace: Workspace;
let one: ReleaseRecord;
let two: ReleaseRecord;

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => void server.close());
beforeEach(async () => {
  for (const environment of Object.keys(running)) delete running[environment];
  sandbox = await makeSandbox();
  const at = (name: string) => `{name: ${name}, url: "http://127.0.0.1:${port()}/${name}"}`;
  const yaml = `environments: [${at('dev')}, ${at('staging')}, production]\n`;
  workspace = openWorkspace((await makeProject(sandbox, 'ada', { 'lockstep.yaml': yaml })).root);
  one = await registerVersion(workspace, 'v1.0.0');
  two = await registerVersion(workspace, 'v1.1.0', {}, { 'models/churn/policy.yaml': soaking });
  return () => sandbox[Symbol.asyncDispose]();
});

const port = () => (server.address() as AddressInfo).port;
const at = (time: string): Effects => ({ ...realEffects, now: () => new Date(time) });
const to = (version: string, environment: string, effects = realEffects) =>
  promote(workspace, { model: 'churn', version, environment, observe: 0 }, effects);
const branch = () => git(['rev-parse', 'environments'], { cwd: sandbox.origin });
const show = (path: string) => git(['show', `environments:${path}`], { cwd: sandbox.origin });
const recorded = async (environment: string) =>
  (await statusOf(workspace)).models[0]!.environments.find((entry) => entry.environment === environment)!
    .recorded;
const findings = async () => (await verifyEnvironments(workspace)).findings.map(({ message }) => message);

test('what runs is recorded once, in one commit for all, beside the folders; a look that sees nothing new writes nothing', async () => {
  await to('v1.0.0', 'dev');
  running.dev = one;
  await to('v1.0.0', 'staging');
  running.staging = one;
  const placed = await branch();
  const tree = () => git(['rev-parse', 'environments:models/churn/environments'], { cwd: sandbox.origin });
  const folders = await tree();

  expect((await observe(workspace, { dryRun: true })).recording).toEqual({ kind: 'dry run' });
  expect(await branch()).toBe(placed);

  const { environments, recording } = await observe(workspace, {}, at('2099-01-01T00:00:00.000Z'));
  expect(environments.map(({ sighting }) => sighting.kind)).toEqual(['observed', 'observed']);
  expect(recording).toMatchObject({ kind: 'written', environments: ['churn/dev', 'churn/staging'] });
  expect(await git(['rev-list', '--count', `${placed}..environments`], { cwd: sandbox.origin })).toBe('1');
  const changed = await git(['diff', '--name-only', placed, 'environments'], { cwd: sandbox.origin });
  expect(changed.split('\n')).toEqual([file('dev'), file('staging')]);
  expect(await tree()).toBe(folders);
  expect(await recorded('staging')).toEqual({
    observed: {
      time: '2099-01-01T00:00:00.000Z',
      by: { kind: 'url', url: `http://127.0.0.1:${port()}/staging` },
    },
    verified: null,
  });
  expect(await findings()).toEqual([]);

  const tip = await branch();
  expect((await observe(workspace, {})).recording).toEqual({ kind: 'nothing new' });
  expect(await branch()).toBe(tip);

  // It is no event of the model's life, and part of what stood at a moment.
  expect((await historyOf(workspace, 'churn')).map(({ event }) => event)).not.toContain('by hand');
  const now = await historyAt(workspace, new Date());
  expect([now.commit, now.environments.map(({ recorded: found }) => found === null)]).toEqual([
    tip,
    [false, false],
  ]);
});

test('an observation is of one placement: a promotion ends it, and a rollback to the same folder begins anew', async () => {
  await to('v1.0.0', 'dev');
  running.dev = one;
  await observe(workspace, {});
  const folder = await git(['rev-parse', 'environments:models/churn/environments/dev'], {
    cwd: sandbox.origin,
  });
  await to('v1.1.0', 'dev');
  expect(await recorded('dev')).toBeNull();
  expect((await observe(workspace, {})).environments[0]!.sighting.kind).toBe('waiting');
  await rollback(workspace, { model: 'churn', environment: 'dev', reason: 'slow', hold: true, observe: 0 });
  expect(
    await git(['rev-parse', 'environments:models/churn/environments/dev'], { cwd: sandbox.origin }),
  ).toBe(folder);
  // The file still says what was seen of the first time.
  expect(await findings()).toEqual([]);
  expect(await recorded('dev')).toBeNull();
  expect((await observe(workspace, {})).recording).toMatchObject({ kind: 'written' });
  expect(await recorded('dev')).not.toBeNull();
});

test('where it can be seen what runs, the soak begins when it was seen, and not before', async () => {
  await to('v1.1.0', 'dev');
  running.dev = two;
  const late = at('2099-06-01T00:00:00.000Z');
  expect(await messageOf(to('v1.1.0', 'staging', late))).toMatchInlineSnapshot(
    `"E_PROMOTE_SOAK: churn v1.1.0 was not seen in dev yet, where it soaks for 24h from then on — promotion to staging 24h after \`lockstep observe\` first records that it runs. Fix: lockstep observe, then wait, and promote again."`,
  );
  await observe(workspace, {}, late);
  expect(await messageOf(to('v1.1.0', 'staging', at('2099-06-01T23:59:59.000Z')))).toMatch(
    /^E_PROMOTE_SOAK: churn v1\.1\.0 has not been in dev for 24h/,
  );
  expect(await to('v1.1.0', 'staging', at('2099-06-02T00:00:00.000Z'))).toMatchObject({ outcome: 'written' });
});

test('a check from another environment is judged by what was recorded when it was verified there', async () => {
  const pending: CheckResult = {
    id: 'error_rate at-most 0.1 from dev',
    check: { metric: 'error_rate', 'at-most': 0.1, from: 'dev' },
    ...{ outcome: 'pending', value: null, bound: null, limit: 0.1, reason: 'pending' },
  };
  const verdict = { verdict: 'pass' as const, digest: one.run, reasons: [] };
  running.dev = await registerVersion(
    workspace,
    'v1.2.0',
    { verdicts: { dev: { ...verdict, checks: [] }, staging: { ...verdict, checks: [pending] } } },
    { 'models/churn/policy.yaml': policyText },
  );
  await to('v1.2.0', 'dev');
  expect(await messageOf(to('v1.2.0', 'staging'))).toMatch(/^E_VERDICT_INCONCLUSIVE: /);
  const golden: AskRelease = async () => ({
    ...{ kind: 'asked', asked: 2, equal: 2, otherwise: 0, firstDifference: null },
  });
  const { recording } = await observe(workspace, { golden });
  expect(recording).toMatchObject({ kind: 'written' });
  expect(await to('v1.2.0', 'staging')).toMatchObject({ outcome: 'written' });
});

test('who promotes, or records, between the look and the commit is passed over, not written about', async () => {
  await to('v1.0.0', 'dev');
  running.dev = one;
  const bob = await sandbox.clone('bob');
  cpSync(`${workspace.root}/.lockstep/keys`, `${bob.root}/.lockstep/keys`, { recursive: true });
  const request = { model: 'churn', version: 'v1.1.0', environment: 'dev', observe: 0 };
  const others = before('read', () => promote(openWorkspace(bob.root), request));
  expect((await observe(workspace, {}, others)).recording).toEqual({ kind: 'nothing new' });
  await expect(show(file('dev'))).rejects.toThrow();

  running.dev = two;
  const alike = before('read', () => observe(openWorkspace(bob.root), {}));
  expect((await observe(workspace, {}, alike)).recording).toEqual({ kind: 'nothing new' });
  expect(await git(['log', '-1', '--format=%an', 'environments'], { cwd: sandbox.origin })).toBe('bob');
});

test('a forged or misbound observation is named with its file and line, counts for nothing, and is written anew', async () => {
  await to('v1.0.0', 'dev');
  running.dev = one;
  await observe(workspace, {});
  const good = await show(file('dev'));
  const tip = await branch();
  const clone = join(sandbox.folder, 'mallory');
  await git(['clone', '--quiet', '--branch', 'environments', sandbox.origin, clone], { cwd: sandbox.folder });
  const put = async (path: string, content: string | null) => {
    await git(['reset', '--quiet', '--hard', tip], { cwd: clone });
    rmSync(join(clone, path), { force: true });
    if (content === null) symlinkSync('../holds.yaml', join(clone, path));
    else writeFileSync(join(clone, path), content);
    const as = ['-c', 'user.name=mallory', '-c', 'user.email=m@example.com'];
    await git(['add', '-A'], { cwd: clone });
    await git([...as, 'commit', '--quiet', '-m', 'by hand'], { cwd: clone });
    await git(['push', '--quiet', '--force', 'origin', 'HEAD:environments'], { cwd: clone });
    return findings();
  };
  const predicate = (
    JSON.parse(Buffer.from(JSON.parse(good).payload, 'base64').toString()) as { predicate: ObservationRecord }
  ).predicate;
  const signed = (over: Partial<ObservationRecord>) =>
    printObserved(sign(observationStatement({ ...predicate, ...over }), loadKey(workspace))).toString();
  const mallory = loadKey(await sandbox.clone('mallorys'));
  const envelope = JSON.parse(good) as { payload: string };
  const flipped = { ...envelope, payload: Buffer.from('{}').toString('base64') };
  // A commit with the very folder, which this clone knows and the branch has no more.
  await put('models/churn/observed/lost.txt', 'x');
  const lost = await branch();
  const lies: [string, string, string | null][] = [
    ['not an envelope', file('dev'), '{"v": 1}\n'],
    ['changed', file('dev'), JSON.stringify(flipped)],
    [
      'signed by somebody else',
      file('dev'),
      printObserved(sign(observationStatement(predicate), mallory)).toString(),
    ],
    ['of another environment', file('staging'), good],
    ['of an environment that there is not', file('moon'), good],
    ['of another commit', file('dev'), signed({ commit: one.commit })],
    ['of a commit that the branch lost', file('dev'), signed({ commit: lost })],
    ['of another promotion', file('dev'), signed({ promotion: one.run })],
    ['of another version', file('dev'), signed({ version: 'v9.9.9' })],
    ['a link', file('dev'), null],
    ['a stray', 'models/churn/observed/dev.yaml', 'v: 1\n'],
  ];
  const told: Record<string, readonly string[]> = {};
  for (const [name, path, content] of lies) {
    told[name] = await put(path, content);
    if (path === file('dev') && name !== 'of another version') expect(await recorded('dev'), name).toBeNull();
  }
  await put(file('dev'), null);
  expect((await observe(workspace, {})).recording).toMatchObject({ kind: 'written' });
  expect(await findings()).toEqual([]);
  const short = (text: string) =>
    text.replaceAll(/[0-9a-f]{12,64}/g, '<hex>').replaceAll(/sha256:[0-9a-f]+/g, '<digest>');
  expect(
    Object.fromEntries(Object.entries(told).map(([name, found]) => [name, found.map(short)])),
  ).toMatchInlineSnapshot(`
    {
      "a link": [
        "E_ENV_FILE_LINK: no plain file in models/churn/observed/dev.json:1 — plain files only.",
      ],
      "a stray": [
        "E_ENV_FILE_TAMPERED: a file that no promotion wrote in models/churn/observed/dev.yaml:1 — models/<model>/environments/<environment>/, models/<model>/observed/<environment>.json, models/<model>/holds.yaml and keys.yaml.",
      ],
      "changed": [
        "E_SIGNATURE: the signature of this machine does not fit what it stands under in models/churn/observed/dev.json:1. Fix: restore what was signed; it was changed afterwards.",
      ],
      "not an envelope": [
        "E_RECORD_FORMAT: unknown key "v" at the top level in models/churn/observed/dev.json:1 — payload, payloadType, signatures, verificationMaterial.",
      ],
      "of a commit that the branch lost": [
        "E_OBSERVED_BINDING: an observation of commit <hex>, which put nothing there in models/churn/observed/dev.json:1 — of what commit <hex> of the branch put into the folder. Fix: lockstep observe writes it anew; remove one of a folder that is gone.",
      ],
      "of an environment that there is not": [
        "E_ENV_UNKNOWN: an observation of "moon" in models/churn/observed/moon.json:1 — dev, staging, production.",
      ],
      "of another commit": [
        "E_OBSERVED_BINDING: an observation of commit <hex>, which put nothing there in models/churn/observed/dev.json:1 — of what commit <hex> of the branch put into the folder. Fix: lockstep observe writes it anew; remove one of a folder that is gone.",
      ],
      "of another environment": [
        "E_OBSERVED_BINDING: an observation of churn in dev in models/churn/observed/staging.json:1 — one of churn in staging. Fix: lockstep observe writes it anew.",
      ],
      "of another promotion": [
        "E_OBSERVED_BINDING: an observation of another promotion in models/churn/observed/dev.json:1 — of what commit <hex> of the branch put into the folder. Fix: lockstep observe writes it anew; remove one of a folder that is gone.",
      ],
      "of another version": [
        "E_OBSERVED_BINDING: an observation of v9.9.9, localhost/churn@sha256:<hex> in models/churn/observed/dev.json:1 — of what commit <hex> of the branch put into the folder. Fix: lockstep observe writes it anew; remove one of a folder that is gone.",
      ],
      "signed by somebody else": [
        "E_SIGNATURE: signed by sha256:<hex>, whom nobody here trusts in models/churn/observed/dev.json:1 — this machine (sha256:<hex>…). Fix: add the signer's public key (.lockstep/keys/ed25519.pub on their machine) to trust: in lockstep.yaml on the main branch.",
      ],
    }
  `);
});

test('nothing is recorded where people merge, nor with a key that nobody counts', async () => {
  await to('v1.0.0', 'dev');
  running.dev = one;
  const { configuration } = workspace;
  const proposing = {
    ...workspace,
    configuration: { ...configuration, gitops: { ...configuration.gitops, mode: 'pull-request' as const } },
  };
  expect((await observe(proposing, {})).recording).toEqual({ kind: 'pull-request mode' });
  const tip = await branch();
  const bob = await sandbox.clone('bob');
  const stranger = openWorkspace(bob.root);
  writeFileSync(
    join(workspace.root, 'lockstep.yaml'),
    `trust: [{key: "${loadKey(workspace).spki}", owner: ada}]\nenvironments: [{name: dev, url: "http://127.0.0.1:${port()}/dev"}]\n`,
  );
  await git(['commit', '-qam', 'trust'], { cwd: workspace.root });
  await git(['push', '-q', 'origin', 'HEAD:main'], { cwd: workspace.root });
  await git(['pull', '-q', 'origin', 'main'], { cwd: stranger.root });
  const { environments, recording } = await observe(openWorkspace(stranger.root), {});
  expect(environments[0]!.sighting.kind).toBe('observed');
  expect(recording).toEqual({ kind: 'not trusted' });
  expect(await branch()).toBe(tip);
});
