import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refusePushes } from '../../test/fakes/git-server.ts';
import { makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { promote, readTip, rollback } from './index.ts';

/*
 * Every place that a promotion may go to, against a remote that refuses as GitHub does, in its words: the reason is
 * told with what mends it, nothing is left behind here or there, and let through the same command does it.
 */
const rules = (ref: string, ...lines: string[]) => [
  `error: GH013: Repository rule violations found for ${ref}.`,
  `Review all repository rules at https://github.com/acme/models/rules?ref=${encodeURIComponent(ref)}`,
  ...lines.map((line) => `- ${line}`),
];
const guarded = (ref: string, ...lines: string[]) => [
  `error: GH006: Protected branch update failed for ${ref}.`,
  ...lines.map((line) => `error: ${line}`),
];

const refusals = (ref: string): readonly (readonly [string, readonly string[], RegExp])[] => [
  ['a protected branch', guarded(ref, 'Cannot update this protected branch.'), /past the branch protection/],
  [
    'reviewed changes alone',
    guarded(ref, 'Changes must be made through a pull request.'),
    /mode: pull-request/,
  ],
  ['the same by a ruleset', rules(ref, 'Changes must be made through a pull request.'), /mode: pull-request/],
  ['a merge queue', rules(ref, 'Changes must be made through the merge queue'), /mode: pull-request/],
  [
    'a check that is required',
    guarded(ref, 'Required status check "ci-ok" is expected.'),
    /past the branch protection/,
  ],
  [
    'signed commits',
    rules(ref, 'Commits must have verified signatures.', '  Found 1 violation:', '', '  401403'),
    /that rule for this branch/,
  ],
  ['who may create refs', rules(ref, 'Cannot create ref due to creations being restricted.'), /bypass list/],
  ['who may update refs', rules(ref, 'Cannot update this protected ref.'), /bypass list/],
  [
    'large files',
    [
      'error: File x is 120.00 MB; this exceeds the file size limit of 100.00 MB',
      'error: GH001: Large files detected.',
    ],
    /take large files out/,
  ],
  [
    'private addresses',
    ['error: GH007: Your push would publish a private email address.'],
    /noreply address/,
  ],
  ['a server that fails', ['Internal Server Error'], /run the command again later/],
  ['a hook that says no more', [], /ask who owns the repository/],
];

interface Place {
  readonly name: string;
  readonly gitops: (deploy: string) => string;
  /** Where the commit goes, and which refs are refused there. */
  readonly at: 'origin.git' | 'deploy.git';
  readonly ref: string;
}

const places: readonly Place[] = [
  { name: 'the branch environments', gitops: () => '{}', at: 'origin.git', ref: 'refs/heads/environments' },
  { name: 'main', gitops: () => '{branch: main}', at: 'origin.git', ref: 'refs/heads/main' },
  {
    name: 'a pull request',
    gitops: () => '{branch: main, mode: pull-request}',
    at: 'origin.git',
    ref: 'refs/heads/lockstep/promote/churn/dev/v1.0.0',
  },
  {
    name: 'another repository',
    gitops: (deploy) => `{repository: "${deploy}", branch: main}`,
    at: 'deploy.git',
    ref: 'refs/heads/main',
  },
];

function withGitops(root: string, text: string): Workspace {
  writeFileSync(join(root, 'lockstep.yaml'), `gitops: ${text}\n`);
  return openWorkspace(root);
}

test.each(places.map((place) => [place.name, place] as const))(
  '%s: each refusal is told, and leaves nothing behind',
  async (_, place) => {
    await using sandbox = await makeSandbox();
    const { folder, origin } = sandbox;
    const deploy = join(folder, 'deploy.git');
    await git(['init', '--quiet', '--bare', '--initial-branch=main', deploy], { cwd: folder });
    const workspace = withGitops((await makeProject(sandbox)).root, place.gitops(deploy));
    await registerVersion(workspace, 'v1.0.0');
    await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
    const state = async () => {
      const everywhere = [origin, deploy, workspace.root].map((cwd) =>
        git(
          ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags', 'refs/lockstep'],
          { cwd },
        ),
      );
      return (await Promise.all(everywhere)).join('\n---\n');
    };
    const go = () =>
      promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev', observe: 0 });
    // The branch is known here as it is there, so that nothing but a write changes a ref.
    await readTip(workspace);
    const before = await state();
    for (const [what, words, fix] of refusals(place.ref)) {
      const allow = refusePushes(join(folder, place.at), place.ref, words);
      const said = await messageOf(go());
      allow();
      expect(said, what).toMatch(/^E_GIT_PUSH_REFUSED: /);
      expect(said, what).toContain(place.at === 'origin.git' ? 'origin refused ' : 'deploy.git refused ');
      expect(said.slice(said.indexOf('Fix: ')), what).toMatch(fix);
      for (const word of words.filter((line) => line.includes('GH0')))
        expect(said, what).toContain(word.replace(/^error: |\.$/g, ''));
      expect(await state(), what).toBe(before);
    }
    expect((await go()).outcome).toBe(place.name === 'a pull request' ? 'proposed' : 'written');
  },
  120_000,
);

test.each(['environments', 'main'])(
  '%s: a refused tag takes the commit with it, and a refused rollback leaves the environment',
  async (branch) => {
    await using sandbox = await makeSandbox();
    const { root } = await makeProject(sandbox);
    const workspace = withGitops(root, `{branch: ${branch}}`);
    for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
    await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: root });
    for (const version of ['v1.0.0', 'v1.1.0'])
      await promote(workspace, { model: 'churn', version, environment: 'dev' });
    const refs = () => git(['for-each-ref'], { cwd: sandbox.origin });
    const before = await refs();
    const words = rules('refs/tags/churn#dev#3', 'Cannot create ref due to creations being restricted.');
    const allow = refusePushes(sandbox.origin, 'refs/tags/', words);
    const back = () =>
      rollback(workspace, { model: 'churn', environment: 'dev', reason: 'it is worse', hold: true });
    expect(await messageOf(back())).toMatch(/^E_GIT_PUSH_REFUSED: .*creations being restricted/);
    expect(await refs()).toBe(before);
    allow();
    expect(await back()).toMatchObject({ to: 'v1.0.0', tag: 'churn#dev#3' });
  },
);

test('a server that takes no atomic push is named, and gets nothing', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  await git(['config', 'receive.advertiseAtomic', 'false'], { cwd: sandbox.origin });
  const said = await messageOf(promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' }));
  expect(said).toMatch(
    /^E_GIT_PUSH_REFUSED: .*does not support --atomic.*Fix: use a Git server that takes several refs/,
  );
  expect(
    await git(['for-each-ref', 'refs/heads/environments', 'refs/tags/churn#*'], { cwd: sandbox.origin }),
  ).toBe('');
});
