import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, tryGit } from '../../src/workspace/index.ts';
import { startGitServer } from '../../test/fakes/git-server.ts';
import { makeSandbox } from '../../test/git-sandbox.ts';
import { makeProject } from '../../test/release-sandbox.ts';
import { giveGitToken } from './git-token.ts';

test('one repository has a token of its own, the others of the forge have the job\u2019s', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeProject(sandbox);
  await git(['init', '--quiet', '--bare', join(sandbox.folder, 'deploy.git')], { cwd: root });
  await using server = await startGitServer({ root: sandbox.folder, tokens: ['deploy'], readers: ['job'] });
  const env: Record<string, string> = {};
  giveGitToken('job', server.url, env);
  giveGitToken('deploy', `${server.url}/deploy.git`, env);
  const push = (name: string) =>
    tryGit(['push', `${server.url}/${name}`, 'HEAD:refs/heads/new'], { cwd: root, env });
  expect(await push('deploy.git')).toMatchObject({ status: 0 });
  const other = await push('origin.git');
  expect([other.status, other.stderr]).toEqual([128, expect.stringContaining('403')]);
});
