import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mainJob, type Sigstore, startSigstore } from '../../../test/fakes/sigstore.ts';
import { commitFiles, type GitSandbox, makeRecord, makeSandbox } from '../../../test/git-sandbox.ts';
import { makeProject, policyText, registerVersion } from '../../../test/release-sandbox.ts';
import {
  baseCommit,
  createVersionTag,
  type Envelope,
  loadKey,
  readRelease,
  trustedKeys,
} from '../../registry/index.ts';
import { digestOf, git, type Workspace } from '../../workspace/index.ts';
import { folderOf } from '../folder/environment-folder.ts';
import { verifyEnvironments } from '../verify.ts';
import { promote } from './promotion.ts';

const workflow = 'acme/models/.github/workflows/lockstep-main.yml';
const entry = `{keyless: github, workflow: ${workflow}, ref: refs/heads/main, root: sigstore.json, owner: main`;

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await startSigstore({ log: true });
});
afterAll(() => sigstore[Symbol.asyncDispose]());
afterEach(() => {
  vi.unstubAllEnvs();
  sigstore.claims = mainJob;
});

const inJob = () => {
  for (const [name, value] of Object.entries(sigstore.env)) vi.stubEnv(name, value);
};
const project = (sandbox: GitSandbox, trust: string, name = 'ada') =>
  makeProject(sandbox, name, { 'lockstep.yaml': `trust:\n${trust}`, 'sigstore.json': sigstore.root });
const to = (environment: string) => ({ model: 'churn', version: 'v1.0.0', environment });
const signaturesIn = async (workspace: Workspace, revision: string): Promise<Envelope[]> => {
  const text = await git(['show', revision], { cwd: workspace.root });
  return Object.values(JSON.parse(text) as Record<string, Envelope>);
};

describe('with a workflow as the one signer', () => {
  test('a job registers and promotes without a key, and anybody verifies it', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await project(sandbox, `  - ${entry}}\n`);
    inJob();
    await registerVersion(workspace, 'v1.0.0');
    expect(await promote(workspace, to('dev'))).toMatchObject({ outcome: 'written' });
    vi.unstubAllEnvs();
    const asked = sigstore.asked.length;
    const reader = await sandbox.clone('reader');
    await git(['fetch', '--quiet', 'origin', 'environments'], { cwd: reader.root });
    expect(await verifyEnvironments(reader)).toMatchObject({ folders: 1, findings: [], verified: [{}] });
    const both = await signaturesIn(reader, `origin/environments:${folderOf('churn', 'dev')}/release.json`);
    expect(both).toHaveLength(2);
    const tagged = (await readRelease(reader, 'churn', 'v1.0.0')).envelope;
    expect(both[0]).toEqual(tagged);
    for (const { verificationMaterial } of both) expect(verificationMaterial?.tlogEntries).toHaveLength(1);
    expect(sigstore.asked).toHaveLength(asked);
  });

  test('nothing is signed elsewhere: on a laptop, in another workflow, for another environment', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await project(sandbox, `  - ${entry}, environments: [dev]}\n`);
    const commit = await commitFiles(workspace, { 'model.txt': 'v1.0.0' });
    const record = makeRecord({
      version: 'v1.0.0',
      commit,
      policy: { digest: digestOf(policyText), commit },
    });
    const register = () => createVersionTag(workspace, { record, commit, push: true });
    await expect(register()).rejects.toThrow(/^E_KEYLESS: nothing can be signed here.*no job with a token/);
    inJob();
    sigstore.claims = { ...mainJob, ref: 'refs/heads/x' };
    await expect(register()).rejects.toThrow(/^E_KEYLESS: .*this job has the ref refs\/heads\/x/);
    expect(await git(['tag'], { cwd: workspace.root })).toBe('');
    sigstore.claims = mainJob;
    await register();
    await promote(workspace, to('dev'));
    await expect(promote(workspace, to('staging'))).rejects.toThrow('main may not sign for staging');
  });
});

test('beside keys, a machine that is no job signs with its own', async () => {
  await using sandbox = await makeSandbox();
  const before = await sandbox.clone('ada');
  const { spki } = loadKey(before);
  await commitFiles(before, {
    'lockstep.yaml': `trust:\n  - ${entry}}\n  - {key: "${spki}", owner: ada}\n`,
    'sigstore.json': sigstore.root,
  });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: before.root });
  await registerVersion(before, 'v1.0.0');
  const { envelope } = await readRelease(before, 'churn', 'v1.0.0');
  expect(envelope.verificationMaterial).toBeUndefined();
  inJob();
  await registerVersion(before, 'v1.0.1');
  expect((await readRelease(before, 'churn', 'v1.0.1')).envelope.verificationMaterial).toBeDefined();
});

test('a root that is not there, and an entry that is too wide, are refused', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox, 'ada', { 'lockstep.yaml': `trust:\n  - ${entry}}\n` });
  const trust = async () => trustedKeys(workspace, await baseCommit(workspace), { local: true });
  await expect(trust()).rejects.toThrow('E_KEYLESS: trust names a root that is not there in sigstore.json');
  for (const [text, said] of [
    ['{keyless: github, owner: x}', 'names no workflow: every workflow on GitHub could sign'],
    [`{keyless: github, workflow: ${workflow}, owner: x}`, 'names no ref'],
    [`{keyless: github, workflow: ${workflow}, ref: "refs/heads/*", owner: x}`, 'one branch or tag'],
    [`{keyless: github, workflow: ${workflow}, ref: refs/pull/1/merge, owner: x}`, 'one branch or tag'],
    ['{keyless: github, workflow: "acme/models/*", ref: refs/heads/main, owner: x}', 'file.yml'],
    [`{key: AAAA, workflow: ${workflow}, owner: x}`, 'E_CONFIG'],
  ]) {
    await commitFiles(workspace, { 'lockstep.yaml': `trust:\n  - ${text}\n` });
    await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
    await expect(trust(), text).rejects.toThrow(said);
  }
});
