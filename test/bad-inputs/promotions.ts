import { symlinkSync } from 'node:fs';
import type { ErrorCode } from '../../src/workspace/index.ts';
import type { BadInput } from './bad-input.ts';
import type { Repository } from './repository.ts';

const to = (environment: string, version = 'v1.6.0') => [
  ...['promote', 'churn', version, '--to', environment],
  ...['--observe', '0'],
];

/** Somebody else commits to the branch by hand. */
const byHand =
  (change: (branch: BranchFolder) => Promise<unknown>) =>
  async (repository: Repository): Promise<void> => {
    const folder = `${repository.folder}/by-hand`;
    await repository.git('clone', '--quiet', '--branch', 'environments', repository.origin, folder);
    await change({ folder, repository });
    const at = (...args: string[]) => repository.git('-C', folder, ...args);
    await at('-c', 'user.name=Eve', '-c', 'user.email=eve@example.com', 'commit', '-qam', 'by hand');
    await at('push', '--quiet', 'origin', 'HEAD:environments');
    const here = ['refs/lockstep/environments', 'refs/remotes/origin/environments'];
    await repository.git(
      'fetch',
      '--quiet',
      'origin',
      ...here.map((ref) => `+refs/heads/environments:${ref}`),
    );
  };
interface BranchFolder {
  readonly folder: string;
  readonly repository: Repository;
}

const kustomization = '../by-hand/models/churn/environments/dev/kustomization.yaml';
const edited = (name: string, code: ErrorCode, from: string | RegExp, into: string): BadInput => ({
  name,
  code,
  command: ['verify'],
  given: byHand(async ({ repository }) => repository.edit(kustomization, from, into)),
});

export const promotions: readonly BadInput[] = [
  { name: 'an environment with a space', command: to('prod '), code: 'E_ENV_UNKNOWN' },
  { name: 'an environment as a path', command: to('../prod'), code: 'E_ENV_UNKNOWN' },
  { name: 'a misspelt environment', command: to('stagin'), code: 'E_ENV_UNKNOWN' },
  { name: 'a version without v', command: to('dev', '1.0.0'), code: 'E_VERSION' },
  { name: 'a version nobody registered', command: to('dev', 'v9.9.9'), code: 'E_VERSION_UNKNOWN' },
  {
    name: 'a lightweight tag',
    given: (repository) => repository.git('tag', 'churn@v3.0.0'),
    command: to('dev', 'v3.0.0'),
    code: 'E_TAG_LIGHTWEIGHT',
  },
  {
    name: 'a tag made by hand',
    given: (repository) => repository.git('tag', '-a', '-m', 'by hand', 'churn@v3.0.0'),
    command: to('dev', 'v3.0.0'),
    code: 'E_RECORD_FORMAT',
  },
  {
    name: 'a tag that moved here',
    given: (repository) => repository.git('tag', '-f', '-a', '-m', 'moved', 'churn@v1.6.0', 'HEAD~3'),
    command: to('dev'),
    code: 'E_TAG_MOVED',
  },
  {
    name: 'a tag that moved at origin',
    given: (repository) =>
      repository.git(
        '-C',
        repository.origin,
        'update-ref',
        'refs/tags/churn@v1.6.0',
        'refs/tags/churn@v1.0.0',
      ),
    command: to('dev'),
    code: 'E_TAG_MOVED',
  },
  { name: 'no verdict', command: to('dev', 'v1.1.0'), code: 'E_VERDICT_MISSING' },
  { name: 'a verdict that failed', command: to('dev', 'v1.2.0'), code: 'E_VERDICT_FAILED' },
  { name: 'a verdict that cannot tell', command: to('dev', 'v1.3.0'), code: 'E_VERDICT_INCONCLUSIVE' },
  { name: 'another policy', command: to('dev', 'v1.4.0'), code: 'E_VERDICT_POLICY' },
  { name: 'a held version', command: to('dev', 'v1.5.0'), code: 'E_PROMOTE_HELD' },
  { name: 'staging left out', command: to('production', 'v1.0.0'), code: 'E_PROMOTE_ORDER' },
  { name: 'dev left out', command: to('staging'), code: 'E_PROMOTE_ORDER' },
  {
    name: 'another person, whom nobody trusts',
    given: (repository) => repository.remove('.lockstep/keys'),
    command: to('dev'),
    code: 'E_SIGNATURE',
  },
  {
    name: 'nobody knows who',
    given: (repository) => repository.git('config', '--remove-section', 'user'),
    command: to('dev'),
    code: 'E_GIT_IDENTITY',
    env: { EMAIL: '', HOME: '/nonexistent' },
  },
  {
    name: 'an origin that is gone',
    given: (repository) => repository.git('remote', 'set-url', 'origin', '../gone.git'),
    command: to('dev'),
    code: 'E_GIT',
  },
  {
    name: 'nothing to go back to',
    command: ['rollback', 'churn', '--in', 'dev', '--reason', 'it is worse', '--observe', '0'],
    code: 'E_ROLLBACK_NONE',
  },
  {
    name: 'a version to go back to that never ran there',
    command: ['rollback', 'churn', '--in', 'dev', '--to', 'v1.6.0', '--reason', 'x', '--observe', '0'],
    code: 'E_ROLLBACK_NONE',
  },
  {
    name: 'a hold on nothing',
    command: ['hold', 'churn', 'v8.0.0', '--reason', 'x'],
    code: 'E_VERSION_UNKNOWN',
  },
  {
    name: 'changes that are not committed',
    given: (repository) => repository.edit('models/toy/policy.yaml', '0.5', '0.4'),
    command: ['register', 'toy'],
    code: 'E_GIT_DIRTY',
  },
  {
    name: 'a model the gate refuses',
    given: async (repository) => {
      repository.edit('models/toy/policy.yaml', '0.5', '0.999');
      repository.remove('pipelines/draft');
      repository.remove('models/draft');
      await repository.commit();
    },
    command: ['register', 'toy'],
    code: 'E_GATE_REFUSED',
  },
  edited('no digest', 'E_ENV_FILE_TAG', /digest: .*/, 'newTag: v1.0.0'),
  edited('another digest', 'E_VERDICT_BINDING', /sha256:..../, 'sha256:0000'),
  edited('another repository of images', 'E_VERDICT_BINDING', /newName: .*/, 'newName: evil.example/churn'),
  edited('no image', 'E_ENV_FILE_IMAGE', 'name: model', 'name: sidecar'),
  edited(
    'a base from elsewhere',
    'E_ENV_FILE_REMOTE_BASE',
    'service.yaml',
    'https://evil.example/base?ref=main',
  ),
  {
    name: 'a link in the folder',
    given: byHand(async ({ folder, repository }) => {
      symlinkSync('/etc/passwd', `${folder}/models/churn/environments/dev/passwd.yaml`);
      await repository.git('-C', folder, 'add', '--all');
    }),
    command: ['verify'],
    code: 'E_ENV_FILE_LINK',
  },
  {
    name: 'evidence that was edited',
    given: byHand(async ({ repository }) =>
      repository.edit(
        '../by-hand/models/churn/environments/dev/release.json',
        /"payload": ?"...../,
        '"payload": "AAAAA',
      ),
    ),
    command: ['verify'],
    code: 'E_SIGNATURE',
  },
  {
    name: 'no evidence',
    given: byHand(async ({ folder, repository }) =>
      repository.git('-C', folder, 'rm', '-q', 'models/churn/environments/dev/release.json'),
    ),
    command: ['verify'],
    code: 'E_ENV_FILE_MISSING',
  },
];
