import { describe, expect, test } from 'vitest';
import {
  commitFiles,
  type GitSandbox,
  makeRepository,
  makeSandbox,
  messageOf,
} from '../../../test/git-sandbox.ts';
import { deployFiles, makeProject, policyText, registerVersion } from '../../../test/release-sandbox.ts';
import { git, readAtCommit, type Workspace } from '../../workspace/index.ts';
import { historyOf, hold, promote, rollback, statusOf, verifyEnvironments } from '../index.ts';

const ways = ['dev', 'staging', 'production'];
const branch = 'refs/heads/environments';
const to = (workspace: Workspace, version: string, environment: string) =>
  promote(workspace, { model: 'churn', version, environment });
const allTheWay = async (workspace: Workspace, version: string, environments = ways) => {
  for (const environment of environments) await to(workspace, version, environment);
};
const file = async (root: string, revision: string, path: string) =>
  (await readAtCommit(root, revision, path))!.toString();
const folder = 'models/churn/environments/production';

async function withProject(
  work: (workspace: Workspace, sandbox: GitSandbox) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  await work(await makeProject(sandbox), sandbox);
}

describe('promoting', () => {
  test('goes all the way: one commit and one tag each, on a branch of its own', () =>
    withProject(async (workspace, { origin }) => {
      const record = await registerVersion(workspace, 'v1.0.0');
      const first = await to(workspace, 'v1.0.0', 'dev');
      expect({ ...first, commit: null }).toEqual({
        model: 'churn',
        version: 'v1.0.0',
        environment: 'dev',
        from: null,
        image: `localhost/churn@${record.image.digest}`,
        modelDigest: record.modelDigest,
        tag: 'churn#dev#1',
        commit: null,
        outcome: 'written',
        observed: null,
        canary: null,
        attempts: 1,
        proposal: null,
      });
      await allTheWay(workspace, 'v1.0.0', ['staging', 'production']);
      const log = await git(['log', '--format=%an %s', branch], { cwd: origin });
      expect(log.split('\n')).toEqual([
        'ada churn: v1.0.0 to production',
        'ada churn: v1.0.0 to staging',
        'ada churn: v1.0.0 to dev',
      ]);
      expect((await git(['tag', '-l', 'churn#*'], { cwd: origin })).split('\n')).toEqual([
        'churn#dev#1',
        'churn#production#3',
        'churn#staging#2',
      ]);
      expect(await git(['rev-parse', 'churn#production#3^{commit}'], { cwd: origin })).toBe(record.commit);
      const names = await git(['ls-tree', '-r', '--name-only', branch], { cwd: origin });
      expect(names.split('\n').filter((path) => path.includes('production'))).toEqual(
        ['deployment.yaml', 'kustomization.yaml', 'patch.yaml', 'release.json', 'service.yaml'].map(
          (path) => `${folder}/${path}`,
        ),
      );
      expect(await file(origin, branch, `${folder}/kustomization.yaml`)).toBe(
        `${deployFiles['models/churn/deploy/kustomization.yaml']}patches:\n  - path: patch.yaml\nimages:\n  - name: model\n    newName: localhost/churn\n    digest: ${record.image.digest}\n`,
      );
      expect((await verifyEnvironments(workspace)).findings).toEqual([]);
      expect(
        (await verifyEnvironments(workspace)).verified.map(({ environment, annotations }) => [
          environment,
          annotations,
        ]),
      ).toEqual([
        ['dev', {}],
        ['production', { 'lockstep/replay': '200' }],
        ['staging', {}],
      ]);
    }));

  test('again writes nothing', () =>
    withProject(async (workspace, { origin }) => {
      await registerVersion(workspace, 'v1.0.0');
      await to(workspace, 'v1.0.0', 'dev');
      const refs = await git(['for-each-ref'], { cwd: origin });
      expect(await to(workspace, 'v1.0.0', 'dev')).toMatchObject({
        outcome: 'already',
        commit: null,
        tag: null,
      });
      expect(await git(['for-each-ref'], { cwd: origin })).toBe(refs);
    }));

  test('the next version changes one line beside its evidence; what people wrote stays', () =>
    withProject(async (workspace, { origin }) => {
      const [one, two] = [
        await registerVersion(workspace, 'v1.0.0'),
        await registerVersion(workspace, 'v1.1.0'),
      ];
      await to(workspace, 'v1.0.0', 'dev');
      await to(workspace, 'v1.1.0', 'dev');
      const diff = await git(['diff', '-U0', `${branch}~1`, branch, '--', ':!*release.json'], {
        cwd: origin,
      });
      expect(diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line))).toEqual([
        `-    digest: ${one.image.digest}`,
        `+    digest: ${two.image.digest}`,
      ]);
      expect(await git(['diff', '--name-only', `${branch}~1`, branch], { cwd: origin })).toBe(
        'models/churn/environments/dev/kustomization.yaml\nmodels/churn/environments/dev/release.json',
      );
    }));

  test('works on the local repository when there is no origin', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await makeRepository(sandbox.folder);
    await commitFiles(workspace, { ...deployFiles, 'models/churn/policy.yaml': policyText });
    await registerVersion(workspace, 'v1.0.0');
    await allTheWay(workspace, 'v1.0.0');
    expect(
      (await verifyEnvironments(workspace)).verified.map(({ environment, version }) => [
        environment,
        version,
      ]),
    ).toEqual(ways.toSorted().map((name) => [name, 'v1.0.0']));
    expect(await git(['tag', '-l', 'churn#*'], { cwd: workspace.root })).toBe(
      'churn#dev#1\nchurn#production#3\nchurn#staging#2',
    );
  });
});

describe('rolling back', () => {
  test('restores the old folder byte for byte, holds what is left, and needs no version tag', () =>
    withProject(async (workspace, { origin }) => {
      await registerVersion(workspace, 'v1.0.0');
      await allTheWay(workspace, 'v1.0.0');
      const before = await git(['rev-parse', `${branch}:${folder}`], { cwd: origin });
      await registerVersion(workspace, 'v1.1.0');
      await allTheWay(workspace, 'v1.1.0');
      for (const root of [origin, workspace.root]) await git(['tag', '-d', 'churn@v1.0.0'], { cwd: root });
      const result = await rollback(workspace, {
        model: 'churn',
        environment: 'production',
        reason: 'wrong: "late" flights',
        hold: true,
      });
      expect({ ...result, commit: '', image: '' }).toEqual({
        model: 'churn',
        environment: 'production',
        from: 'v1.1.0',
        to: 'v1.0.0',
        image: '',
        tag: 'churn#production#7',
        held: true,
        proposal: null,
        commit: '',
        outcome: 'written',
      });
      expect(await git(['rev-parse', `${branch}:${folder}`], { cwd: origin })).toBe(before);
      expect(
        (await git(['diff', '--name-only', `${branch}~1`, branch], { cwd: origin }))
          .split('\n')
          .filter((path) => !path.startsWith(folder)),
      ).toEqual(['models/churn/holds.yaml']);
      expect(await file(origin, branch, 'models/churn/holds.yaml')).toMatch(
        /^v: 1\nholds:\n {2}- \{version: v1\.1\.0, by: "ada <ada@example\.com>", time: "[^"]+", reason: "wrong: \\"late\\" flights"\}\n$/,
      );
      expect((await verifyEnvironments(workspace)).findings).toEqual([]);
      expect(await messageOf(to(workspace, 'v1.1.0', 'production'))).toMatchInlineSnapshot(
        `"E_PROMOTE_HELD: churn v1.1.0 is held by ada <ada@example.com> since <time>: wrong: "late" flights in models/churn/holds.yaml — versions without a hold. Fix: lockstep hold churn v1.1.0 --release --reason "why it is good now"."`,
      );
      expect(
        await messageOf(
          rollback(workspace, { model: 'churn', environment: 'production', reason: 'further', hold: true }),
        ),
      ).toMatchInlineSnapshot(
        `"E_ROLLBACK_NONE: no earlier verified version without a hold in production of churn in models/churn/environments/production — versions in its history: v1.1.0, v1.0.0. Fix: lockstep promote churn <version> --to production."`,
      );
      expect(
        (await historyOf(workspace, 'churn'))
          .slice(0, 2)
          .map(({ event, version, from, environment, reason, tag }) => ({
            event,
            version,
            from,
            environment,
            reason,
            tag,
          })),
      ).toEqual([
        {
          event: 'rollback',
          version: 'v1.0.0',
          from: 'v1.1.0',
          environment: 'production',
          reason: 'wrong: "late" flights',
          tag: 'churn#production#7',
        },
        {
          event: 'promotion',
          version: 'v1.1.0',
          from: 'v1.0.0',
          environment: 'production',
          reason: null,
          tag: 'churn#production#6',
        },
      ]);
      const [status] = (await statusOf(workspace)).models;
      expect(
        status!.environments.map(({ environment, version, state }) => [environment, version, state]),
      ).toEqual([
        ['dev', 'v1.1.0', 'not observed'],
        ['staging', 'v1.1.0', 'not observed'],
        ['production', 'v1.0.0', 'not observed'],
      ]);
      expect(status!.holds.map(({ version }) => version)).toEqual(['v1.1.0']);
    }));

  test('a hold can be let go, and the file is as before', () =>
    withProject(async (workspace, { origin }) => {
      for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
      const on = (version: string, release: boolean) =>
        hold(workspace, { model: 'churn', version, reason: 'a reason', release });
      await on('v1.0.0', false);
      const one = await file(origin, branch, 'models/churn/holds.yaml');
      expect((await on('v1.1.0', false)).commit).not.toBeNull();
      expect((await on('v1.1.0', false)).commit).toBeNull();
      await on('v1.1.0', true);
      expect(await file(origin, branch, 'models/churn/holds.yaml')).toBe(one);
      await on('v1.0.0', true);
      expect(await file(origin, branch, 'models/churn/holds.yaml')).toBe('v: 1\nholds: []\n');
      await to(workspace, 'v1.0.0', 'dev');
    }));
});
