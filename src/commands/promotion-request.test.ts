import { expect, test } from 'vitest';
import { type GitSandbox, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { hold } from '../gitops/index.ts';
import { digestOf, git, readAtCommit, type Workspace } from '../workspace/index.ts';
import { carryOut, jobOfTag, unansweredJobs } from './promotion-request.ts';

const soaking = 'checks:\n  - {metric: roc_auc, at-least: 0.6}\nenvironments:\n  staging: {soak: 24h}\n';

async function ask({ root }: Workspace, tag: string, at: string): Promise<void> {
  await git(['tag', '-a', '-m', 'please', tag, `${at}^{commit}`], { cwd: root });
  await git(['push', '--quiet', 'origin', `refs/tags/${tag}`], { cwd: root });
}

async function withProject(
  work: (workspace: Workspace, sandbox: GitSandbox) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0', {}, { 'models/churn/policy.yaml': soaking });
  await work(workspace, sandbox);
}

test('a tag is done, and asked again it is done already', () =>
  withProject(async (workspace) => {
    await ask(workspace, 'churn#dev#1', 'churn@v1.0.0');
    const approvals = [{ by: 'grace', id: 7, time: '2026-11-26T12:00:00Z' }];
    const { job } = await jobOfTag(workspace, 'churn#dev#1');
    expect(job).toMatchObject({ model: 'churn', version: 'v1.0.0', environment: 'dev', tag: 'churn#dev#1' });
    expect((await carryOut(workspace, job!, { approvals })).kind).toBe('written');
    const release = await readAtCommit(
      workspace.root,
      'refs/lockstep/environments',
      'models/churn/environments/dev/release.json',
    );
    const { promotion } = JSON.parse(release!.toString()) as { promotion: { payload: string } };
    const { predicate } = JSON.parse(Buffer.from(promotion.payload, 'base64').toString());
    expect(predicate.approvals).toEqual(approvals);
    expect(await jobOfTag(workspace, 'churn#dev#1')).toMatchObject({ job: null, state: { kind: 'written' } });
    expect((await carryOut(workspace, job!)).kind).toBe('already');
  }));

test('what soaks is not answered: the sweep finds it again', () =>
  withProject(async (workspace, { origin }) => {
    await carryOut(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
    await ask(workspace, 'churn#staging#2', 'churn@v1.0.0');
    const [job] = await unansweredJobs(workspace);
    expect(await carryOut(workspace, job!)).toMatchObject({ kind: 'waiting', code: 'E_PROMOTE_SOAK' });
    expect(await git(['tag', '-l', 'churn#*'], { cwd: origin })).toBe('churn#dev#1\nchurn#staging#2');
    expect(await unansweredJobs(workspace)).toEqual([job]);
  }));

test('a refusal is answered once, with the reason', () =>
  withProject(async (workspace) => {
    await hold(workspace, { model: 'churn', version: 'v1.0.0', release: false, reason: 'it lies' });
    await ask(workspace, 'churn#dev#1', 'churn@v1.0.0');
    const [job] = await unansweredJobs(workspace);
    const outcome = await carryOut(workspace, job!);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'E_PROMOTE_HELD', answer: 'churn#dev!#2' });
    expect(await unansweredJobs(workspace)).toEqual([]);
    expect(await jobOfTag(workspace, 'churn#dev#1')).toMatchObject({ job: null, state: { kind: 'refused' } });
    // At a button no tag asked, so none answers.
    expect(
      await carryOut(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' }),
    ).toMatchObject({
      kind: 'refused',
      answer: null,
    });
  }));

test('a remote that is gone is no answer', () =>
  withProject(async (workspace) => {
    await git(['remote', 'set-url', 'origin', '/nowhere'], { cwd: workspace.root });
    expect(
      await messageOf(carryOut(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' })),
    ).toMatch(/^E_GIT: /);
  }));

test('beyond the first environment an image that left the laptop stands on a base that is pinned', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  const image = { name: 'ghcr.io/acme/churn', digest: digestOf('image'), platform: 'linux/amd64' };
  const yaml = (base: string) => ({ 'lockstep.yaml': `image: {base: "docker.io/library/node:24${base}"}\n` });
  const pinned = `@${digestOf('base')}`;
  await registerVersion(workspace, 'v1.0.0', { image }, yaml(''));
  await registerVersion(workspace, 'v1.1.0', { image }, yaml(pinned));
  const to = (version: string, environment: string) =>
    carryOut(workspace, { model: 'churn', version, environment });
  expect((await to('v1.0.0', 'dev')).kind).toBe('written');
  expect(await to('v1.0.0', 'staging')).toMatchObject({ kind: 'refused', code: 'E_BASE_UNPINNED' });
  expect((await to('v1.1.0', 'dev')).kind).toBe('written');
  expect((await to('v1.1.0', 'staging')).kind).toBe('written');
});
