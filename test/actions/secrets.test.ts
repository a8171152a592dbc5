import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../bad-inputs/command-line.ts';
import type { Fault } from '../fakes/github/server.ts';
import { toyModel } from '../toy-model.ts';
import { type Forge, makeForge } from './forge.ts';
import type { ActionResult, ActionRun } from './run-action.ts';

/*
 * Five secrets of a job, each looked for in six spellings wherever an action can leave something: log, summary, outputs,
 * state, artifacts, comments, statuses and files (P22), when all goes well and when something fails.
 */
const signingKey = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const secrets = {
  token: 'ghs_canaryOfTheJob0000000000000000000001',
  LOCKSTEP_SIGNING_KEY: signingKey,
  LOCKSTEP_REGISTRY_TOKEN: 'canary?of&the=registry#0000000000000003',
  AWS_SECRET_ACCESS_KEY: 'canary/of/a+store/000000000000000000004',
  SOMEBODYS_PASSWORD: 'canary of somebody 5 "quoted"',
} as const;
const { token, ...jobEnvironment } = secrets;

const spellings: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => encodeURIComponent(secret),
  (secret) => JSON.stringify(secret).slice(1, -1),
  // As git is told it; its masking is the one line that may hold it.
  (secret) => Buffer.from(`x-access-token:${secret}`).toString('base64'),
];
const needles = Object.entries(secrets).flatMap(([name, secret]) =>
  // Of the key the one line that is secret.
  spellings.map((spell) => ({ name, needle: spell(secret.split('\n')[1] ?? secret) })),
);

const leaksIn = (text: string): string[] =>
  needles.filter(({ needle }) => text.includes(needle)).map(({ name, needle }) => `${name} as ${needle}`);

/** As a runner shows a log: what a step has named a mask is hidden from there on. */
function masked(log: string): string {
  const masks: string[] = [];
  const lines = log.split('\n').map((line) => {
    if (line.startsWith('::add-mask::')) masks.push(line.slice('::add-mask::'.length));
    return masks.reduce((shown, mask) => shown.replaceAll(mask, '***'), line);
  });
  return lines.join('\n');
}

/** `echoed`: somebody else's words hold the secret, and only the mask keeps it out of the log. */
function expectSilent(what: string, result: ActionResult, echoed: boolean): void {
  const { log, outputs, env, state, summary, path } = result;
  const shown = echoed ? masked(log) : log.replace(/^::add-mask::.*$/gm, '');
  expect([what, leaksIn(JSON.stringify({ outputs, env, state, path }) + summary + shown)]).toEqual([
    what,
    [],
  ]);
}

/** Every file below a folder that holds a secret. */
const leakyFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => leaksIn(readFileSync(path, 'latin1')).length > 0);

let forge: Forge;
beforeAll(async () => {
  forge = await makeForge({ tokens: { [token]: { login: 'github-actions[bot]' } } });
});
afterAll(() => forge[Symbol.asyncDispose]());

async function step(
  run: number,
  name: string,
  given: ActionRun,
  { what = name, echoed = false } = {},
): Promise<ActionResult> {
  const result = await forge.step(run, name, { ...given, env: { ...jobEnvironment, ...given.env } });
  expectSilent(what, result, echoed);
  return result;
}

/** A trainer that looks for secrets and shows what it finds, in every spelling that it knows. */
const spy = `import { appendFileSync, writeFileSync } from 'node:fs';
const found = Object.entries(process.env).map(([name, value]) => [name, value, Buffer.from(value).toString('base64')]);
console.log(JSON.stringify(found));
console.error(found.join('\\n'));
writeFileSync(process.env.LOCKSTEP_OUTPUTS + '/train.csv', JSON.stringify(found));
writeFileSync(process.env.LOCKSTEP_OUTPUTS + '/test.csv', JSON.stringify(found));
`;

test('a change that goes well leaves none of them anywhere', async () => {
  const pull = await forge.pullRequest({
    'pipelines/toy/toy.onnx': toyModel({ bias: -1.2 }) as unknown as string,
  });
  const { root } = await forge.checkout(pull.head.sha);
  const event = { pull_request: { number: 7, head: pull.head, base: pull.base } };
  const untrusted = { workspace: root, eventName: 'pull_request', event };
  expect((await step(1, 'plan', untrusted)).exit).toBe(0);
  expect((await step(1, 'train', { ...untrusted, with: { models: 'toy' } })).exit).toBe(0);
  forge.finished(pull, 1);
  const judging = await forge.checkout('origin/main');
  const trusted = { workspace: judging.root, eventName: 'workflow_run', event: { workflow_run: { id: 1 } } };
  const collected = await step(
    2,
    'report',
    { ...trusted, with: { mode: 'collect', token } },
    { what: 'collect' },
  );
  const { base = '', head = '', folder = '' } = collected.outputs;
  const out = join(forge.folder, 'temp-2/judged');
  const args = ['judge', '--all', folder, '--base', base, '--head', head, '--out', out];
  const judged = await runCli(judging.root, args, jobEnvironment);
  expect([judged.exit, leaksIn(judged.stdout + judged.stderr)]).toEqual([0, []]);
  const gate = await step(2, 'gate', { ...trusted, with: { judged: out, base, head } });
  expect(gate.exit, gate.log).toBe(0);
  await step(2, 'report', { ...trusted, with: { mode: 'keep', judged: out } }, { what: 'keep' });
  expect(
    (await step(2, 'report', { ...trusted, with: { mode: 'publish', token } }, { what: 'publish' })).exit,
  ).toBe(0);
}, 60_000);

test('a trainer that looks for them finds none', async () => {
  const pull = await forge.pullRequest({ 'pipelines/toy/prepare.mjs': spy });
  const { root } = await forge.checkout(pull.head.sha);
  const spied = await step(3, 'train', { workspace: root, with: { models: 'toy' } }, { what: 'a spy' });
  expect(spied.log).toContain('LOCKSTEP_OUTPUTS'); // It did look.
}, 60_000);

const failures: Readonly<Record<string, Fault | null>> = {
  'GitHub refuses the token, and repeats it': () => ({
    status: 401,
    body: { message: `Bad credentials ${token}` },
  }),
  'GitHub forbids': () => ({ status: 403, body: { message: 'Resource not accessible by integration' } }),
  'GitHub knows nothing of it': () => ({ status: 404 }),
};

test.each(Object.entries(failures))('%s: nothing is told', async (what, fault) => {
  const { root } = await forge.checkout('origin/main');
  const given = { workspace: root, eventName: 'workflow_run', event: { workflow_run: { id: 1 } } };
  forge.github.fault = fault;
  try {
    const failed = await step(
      4,
      'report',
      { ...given, with: { mode: 'publish', token } },
      { what, echoed: true },
    );
    expect([failed.exit, failed.errors.length]).toEqual([1, 1]);
  } finally {
    forge.github.fault = null;
  }
});

test.each([
  ['deploy', { models: 'toy', version: 'v9.9.9', environment: 'dev', token }],
  ['promote', { mode: 'promote', model: 'toy', version: 'v9.9.9', environment: 'dev', token }],
  ['register', { models: 'toy', token }],
  ['monitor', { models: 'toy', environment: token, token }],
] as const)(
  '%s fails and tells nothing',
  async (name, inputs) => {
    const { root } = await forge.checkout('origin/main');
    await step(5, name, { workspace: root, with: inputs }, { echoed: name === 'monitor' });
  },
  30_000,
);

test('neither artifacts, comments and statuses nor files hold one', () => {
  const { comments, statuses, deployments, issues } = forge.github.state;
  expect(leaksIn(JSON.stringify({ comments, statuses, deployments, issues }))).toEqual([]);
  expect(forge.results.artifacts.length).toBeGreaterThan(1);
  for (const stored of forge.results.artifacts)
    for (const [name, bytes] of Object.entries(unzipSync(forge.results.bytesOf(stored))))
      expect([name, leaksIn(Buffer.from(bytes).toString('latin1'))]).toEqual([name, []]);
  expect([leakyFiles(forge.folder), leakyFiles(forge.project.folder)]).toEqual([[], []]);
});
