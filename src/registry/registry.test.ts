import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  commitFiles,
  type GitSandbox,
  makeRecord,
  makeRepository,
  makeSandbox,
  messageOf,
} from '../../test/git-sandbox.ts';
import { canonicalJson, git, tryGit, type Workspace } from '../workspace/index.ts';
import {
  createVersionTag,
  listPromotions,
  listVersions,
  loadKey,
  nextCounter,
  type ReleaseRecord,
  readRelease,
  releasePredicate,
  sign,
  statementOf,
  trustedKeys,
} from './index.ts';

async function published(
  sandbox: GitSandbox,
  name = 'ada',
): Promise<{ workspace: Workspace; commit: string }> {
  const workspace = await sandbox.clone(name);
  const commit = await commitFiles(workspace, { 'a.txt': 'a' });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
  return { workspace, commit };
}

describe('the signing key', () => {
  test('is made once, readable by its owner alone, and named by its public half', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await makeRepository(sandbox.folder);
    const key = loadKey(workspace);
    expect(loadKey(workspace).keyid).toBe(key.keyid);
    expect(key.keyid).toMatch(/^sha256:[0-9a-f]{64}$/);
    const folder = join(workspace.root, '.lockstep/keys');
    expect(statSync(join(folder, 'ed25519.pem')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'ed25519.pub'), 'utf8')).toBe(`${key.spki}\n`);
  });

  test('with trust entries only those count', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await makeRepository(sandbox.folder);
    expect(await trustedKeys(workspace, null, { local: false })).toEqual([]);
    expect((await trustedKeys(workspace, null, { local: true })).map(({ owner }) => owner)).toEqual([
      'this machine',
    ]);
    const other = await makeRepository(sandbox.folder, 'other');
    const commit = await commitFiles(workspace, {
      'lockstep.yaml': `trust:\n  - {key: "${loadKey(other).spki}", owner: other, environments: [dev]}\n`,
    });
    const trust = await trustedKeys(workspace, commit, { local: true });
    expect(trust.map(({ owner, keyid, environments }) => ({ owner, keyid, environments }))).toEqual([
      { owner: 'other', keyid: loadKey(other).keyid, environments: ['dev'] },
    ]);
  });
});

describe('registering', () => {
  test('makes an annotated tag here and at origin, and again changes nothing', async () => {
    await using sandbox = await makeSandbox();
    const { workspace, commit } = await published(sandbox);
    const record = makeRecord({ version: 'v1.0.0', commit });
    expect(await createVersionTag(workspace, { record, commit, push: true })).toEqual({
      tag: 'churn@v1.0.0',
      version: 'v1.0.0',
      created: true,
      pushed: true,
    });
    const later = { ...record, made: { ...record.made, time: '2027-01-01T00:00:00Z' } };
    expect(await createVersionTag(workspace, { record: later, commit, push: true })).toMatchObject({
      created: false,
    });
    const show = (root: string) => git(['cat-file', 'tag', 'churn@v1.0.0'], { cwd: root });
    expect(await show(sandbox.origin)).toBe(await show(workspace.root));
    const { record: read, tag } = await readRelease(workspace, 'churn', 'v1.0.0');
    expect({ read, tag }).toEqual({ read: record, tag: 'churn@v1.0.0' });
    expect(
      (await listVersions(workspace.root, 'churn')).map(({ version, commit, subject }) => ({
        version,
        commit,
        subject,
      })),
    ).toEqual([
      {
        version: 'v1.0.0',
        commit,
        subject: expect.stringMatching(/^churn v1\.0\.0: model [0-9a-f]{12}, image [0-9a-f]{12}$/),
      },
    ]);
  });

  test('of two clones that want one name one gets it, and the other is told to choose again', async () => {
    await using sandbox = await makeSandbox();
    const { workspace: ada, commit } = await published(sandbox);
    const bob = await sandbox.clone('bob');
    const second = await commitFiles(bob, { 'b.txt': 'b' });
    const outcomes = await Promise.allSettled([
      createVersionTag(ada, { record: makeRecord({ version: 'v1.0.0', commit }), commit, push: true }),
      createVersionTag(bob, {
        record: makeRecord({
          version: 'v1.0.0',
          commit: second,
          made: { by: 'Bob', workflow: null, time: '2026-11-21T12:00:01Z' },
        }),
        commit: second,
        push: true,
      }),
    ]);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost.map(({ reason }) => (reason as Error).message)).toEqual([
      'E_TAG_EXISTS: the tag churn@v1.0.0 exists already with another record — a version nobody has registered. Fix: register again: the next free version is chosen.',
    ]);
  });

  test('a commit is one version', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await makeRepository(sandbox.folder);
    const commit = await commitFiles(workspace, { 'a.txt': 'a' });
    await createVersionTag(workspace, {
      record: makeRecord({ version: 'v1.0.0', commit }),
      commit,
      push: true,
    });
    expect(
      await messageOf(
        createVersionTag(workspace, {
          record: makeRecord({ version: 'v1.1.0', commit }),
          commit,
          push: true,
        }),
      ),
    ).toMatchInlineSnapshot(
      `"E_VERSION: commit <hex> is churn v1.0.0 already — one version of a model per commit. Fix: promote v1.0.0, or commit a change and register that."`,
    );
  });

  test('without an identity nothing is written', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await makeRepository(sandbox.folder);
    const commit = await commitFiles(workspace, { 'a.txt': 'a' });
    await git(['config', '--remove-section', 'user'], { cwd: workspace.root });
    expect(
      await messageOf(
        createVersionTag(workspace, {
          record: makeRecord({ version: 'v1.0.0', commit }),
          commit,
          push: true,
        }),
      ),
    ).toMatchInlineSnapshot(
      `"E_GIT_IDENTITY: git does not know who you are, and a release without a name is worth nothing. Fix: git config user.name "Your Name" && git config user.email you@example.com."`,
    );
    expect(existsSync(join(workspace.root, '.lockstep/keys'))).toBe(false);
  });
});

describe('reading a release refuses', () => {
  let sandbox: GitSandbox;
  let workspace: Workspace;
  let commit: string;
  let record: ReleaseRecord;
  beforeAll(async () => {
    sandbox = await makeSandbox();
    ({ workspace, commit } = await published(sandbox));
    record = makeRecord({ version: 'v1.0.0', commit });
    await createVersionTag(workspace, { record, commit, push: true });
    return async () => sandbox[Symbol.asyncDispose]();
  });
  const read = (version: string) => messageOf(readRelease(workspace, 'churn', version));
  const tagAs = (version: string, message: string, at = commit) =>
    git(['tag', '--annotate', '--cleanup=verbatim', '--file=-', `churn@${version}`, at], {
      cwd: workspace.root,
      input: message,
    });
  const signed = (
    predicate: unknown,
    predicateType = releasePredicate,
    subjects?: Record<string, `sha256:${string}`>,
  ) =>
    `x\n\n${canonicalJson(sign(statementOf(predicateType, predicate, subjects ?? { 'churn/model.onnx': record.modelDigest, [record.image.name]: record.image.digest }), loadKey(workspace)))}\n`;

  test('a version nobody registered', async () => {
    expect(await read('v1.0.1')).toMatchInlineSnapshot(
      `"E_VERSION_UNKNOWN: churn has no version v1.0.1 — v1.0.0. Fix: did you mean v1.0.0?"`,
    );
  });

  test('a lightweight tag', async () => {
    await git(['tag', 'churn@v2.0.0', commit], { cwd: workspace.root });
    expect(await read('v2.0.0')).toMatchInlineSnapshot(
      `"E_TAG_LIGHTWEIGHT: churn@v2.0.0 is a lightweight tag, which holds no record — an annotated tag. Fix: git tag -d 'churn@v2.0.0', then register the version."`,
    );
  });

  test('a tag by hand', async () => {
    await tagAs('v2.0.1', 'release it\n');
    expect(await read('v2.0.1')).toMatchInlineSnapshot(
      `"E_RECORD_FORMAT: no release record in the message in tag churn@v2.0.1 — one line, an empty line, the signed envelope. Fix: let \`lockstep register\` make the tag."`,
    );
  });

  test('a record that is moved to another version, commit, type or shape', async () => {
    await tagAs('v2.0.2', signed(record));
    await tagAs('v2.0.3', signed({ ...record, version: 'v2.0.3', commit: 'a'.repeat(40) }));
    await tagAs('v2.0.4', signed({ ...record, version: 'v2.0.4' }, 'urn:lockstep:promotion:v1'));
    await tagAs('v2.0.5', signed({ ...record, version: 'v2.0.5', surprise: 1 }));
    await tagAs('v2.0.6', signed({ ...record, version: 'v2.0.6', modelDigest: record.golden }));
    await tagAs('v2.0.7', signed({ ...record, version: 'v2.0.7' }).replace('"payload":"', '"payload":"AAAA'));
    expect(
      await Promise.all(['v2.0.2', 'v2.0.3', 'v2.0.4', 'v2.0.5', 'v2.0.6', 'v2.0.7'].map(read)),
    ).toMatchInlineSnapshot(`
      [
        "E_RECORD_FORMAT: the record is of churn v1.0.0 in tag churn@v2.0.2 — the record of churn v2.0.2.",
        "E_TAG_MOVED: the tag churn@v2.0.3 moved: commit <hex> in its record, commit <hex> in Git — a tag that stays where it was created. Fix: find out who moved it; register a new version instead of moving an old one.",
        "E_RECORD_FORMAT: a statement of type urn:lockstep:promotion:v1 in tag churn@v2.0.4 — urn:lockstep:release:v1.",
        "E_RECORD_FORMAT: unknown key "surprise" at the top level in tag churn@v2.0.5 — v, model, version, commit, lock, run, modelDigest, golden, evaluation, predictions, policy, verdicts, image, made.",
        "E_RECORD_FORMAT: the statement is about churn/model.onnx <hex> and localhost/churn <hex> in tag churn@v2.0.6 — what its predicate names: churn/model.onnx <hex> and localhost/churn <hex>.",
        "E_SIGNATURE: the signature of this machine does not fit what it stands under in tag churn@v2.0.7. Fix: restore what was signed; it was changed afterwards.",
      ]
    `);
  });

  test('a stranger signature', async () => {
    const stranger = await makeRepository(sandbox.folder, 'stranger');
    const envelope = sign(
      statementOf(
        releasePredicate,
        { ...record, version: 'v2.1.0' },
        { 'churn/model.onnx': record.modelDigest, [record.image.name]: record.image.digest },
      ),
      loadKey(stranger),
    );
    await tagAs('v2.1.0', `x\n\n${canonicalJson(envelope)}\n`);
    expect(await read('v2.1.0')).toMatchInlineSnapshot(
      `"E_SIGNATURE: signed by sha256:<hex>, whom nobody here trusts in tag churn@v2.1.0 — this machine (sha256:<hex>…). Fix: add the signer's public key (.lockstep/keys/ed25519.pub on their machine) to trust: in lockstep.yaml on the main branch."`,
    );
    const claimed = {
      ...envelope,
      signatures: [{ ...envelope.signatures[0]!, keyid: loadKey(workspace).keyid }],
    };
    await tagAs('v2.1.1', `x\n\n${canonicalJson(claimed)}\n`);
    expect(await read('v2.1.1')).toMatchInlineSnapshot(
      `"E_SIGNATURE: the signature of this machine does not fit what it stands under in tag churn@v2.1.1. Fix: restore what was signed; it was changed afterwards."`,
    );
  });

  test('a deregistered version', async () => {
    await tagAs('v2.2.0', signed({ ...record, version: 'v2.2.0' }));
    await tagAs('v2.2.0!', 'no longer\n');
    expect(await read('v2.2.0')).toMatchInlineSnapshot(
      `"E_VERSION_UNKNOWN: churn v2.2.0 was deregistered — v2.1.1, v2.1.0, v2.0.7, v2.0.6, v2.0.5, v2.0.4, v2.0.3, v2.0.2, v2.0.1, v1.0.0. Fix: did you mean v2.1.0?"`,
    );
  });

  test('a tag that moved at origin, and one that moved here', async () => {
    const next = await commitFiles(workspace, { 'c.txt': 'c' });
    await git(['tag', '-f', '-a', '-m', 'moved', 'churn@v1.0.0', next], { cwd: workspace.root });
    const here = await read('v1.0.0');
    expect(here).toMatchInlineSnapshot(
      `"E_TAG_MOVED: the tag churn@v1.0.0 moved: <hex> here, <hex> at origin — a tag that stays where it was created. Fix: find out who moved it; register a new version instead of moving an old one."`,
    );
    await git(['update-ref', '-d', 'refs/tags/churn@v1.0.0'], { cwd: workspace.root });
    expect((await readRelease(workspace, 'churn', 'v1.0.0')).commit).toBe(commit);
  });
});

describe('listing', () => {
  test('ignores lightweight tags, orders versions by SemVer and promotions by counter, then time', async () => {
    await using sandbox = await makeSandbox();
    const { root, ...rest } = await makeRepository(sandbox.folder);
    const workspace = { root, ...rest };
    const [one, two] = [await commitFiles(workspace, { a: '1' }), await commitFiles(workspace, { a: '2' })];
    const tag = (name: string, commit: string, time: string) =>
      git(['tag', '-a', '-m', name, name, commit], { cwd: root, env: { GIT_COMMITTER_DATE: time } });
    await tag('churn@v1.10.0', two, '2026-01-01T00:00:00Z');
    await tag('churn@v1.9.0', one, '2026-01-02T00:00:00Z');
    await tag('churn@v1.9.0!', one, '2026-01-03T00:00:00Z');
    await tag('churn#prod#2', one, '2026-01-01T00:00:00Z');
    await tag('churn#dev#1', two, '2026-01-05T00:00:00Z');
    await tag('churn#prod!#3', two, '2026-01-01T00:00:00Z');
    await tag('churn-x#prod#9', two, '2026-01-01T00:00:00Z');
    await git(['tag', 'churn@v9.0.0'], { cwd: root });
    expect(
      (await listVersions(root, 'churn')).map(({ version, deregistered }) => [version, deregistered]),
    ).toEqual([
      ['v1.9.0', true],
      ['v1.10.0', false],
    ]);
    expect(
      (await listPromotions(root, 'churn')).map(({ tag, event, version }) => [tag, event, version]),
    ).toEqual([
      ['churn#dev#1', 'assign', 'v1.10.0'],
      ['churn#prod#2', 'assign', 'v1.9.0'],
      ['churn#prod!#3', 'unassign', 'v1.10.0'],
    ]);
    expect(nextCounter(['churn#dev#1', 'churn#prod!#3', 'other#prod#9', 'churn@v1.0.0#7'], 'churn')).toBe(4);
  });

  test('10,000 tags in one git process', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await makeRepository(sandbox.folder);
    const commit = await commitFiles(workspace, { a: '1' });
    const stream = Array.from(
      { length: 10_000 },
      (_, n) =>
        `tag churn@v1.${n}.0\nfrom ${commit}\ntagger A <a@b.c> ${1_700_000_000 + n} +0000\ndata 2\nx\n`,
    );
    await git(['fast-import', '--quiet'], { cwd: workspace.root, input: stream.join('') });
    const started = performance.now();
    const versions = await listVersions(workspace.root, 'churn');
    const seconds = (performance.now() - started) / 1000;
    expect([versions.length, versions.at(-1)!.version]).toEqual([10_000, 'v1.9999.0']);
    expect(seconds).toBeLessThan(10); // One process for each takes half a minute on an idle machine.
    expect((await tryGit(['tag', '-l'], { cwd: workspace.root })).stdout.split('\n').length).toBe(10_001);
  });
});
