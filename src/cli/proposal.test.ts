import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSandbox } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { compareAddress } from '../commands/proposal-address.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { command as hold } from './hold.ts';
import { command as promote } from './promote.ts';

const proposal = { branch: 'lockstep/promote/churn/dev/v1.0.0', target: 'main' };

test('what is proposed says what is left to do', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeProject(sandbox, 'ada', {
    'lockstep.yaml': 'gitops: {branch: main, mode: pull-request}\n',
  });
  const workspace = openWorkspace(root);
  await registerVersion(workspace, 'v1.0.0');
  const say = async (command: typeof promote, values: Record<string, string>) => {
    const input = { workspace, cwd: root, positionals: ['churn', 'v1.0.0'], values, json: false };
    return (await command.run(input)).text.replaceAll(/[0-9a-f]{12}/g, '<hex>');
  };
  expect(await say(promote, { to: 'dev' })).toMatchInlineSnapshot(`
    "churn v1.0.0 in dev: proposed, on the branch lockstep/promote/churn/dev/v1.0.0 (commit <hex>)
      open the pull request: gh pr create --base main --head lockstep/promote/churn/dev/v1.0.0 --fill"
  `);
  expect(await say(promote, { to: 'dev' })).toMatch(
    /^churn v1\.0\.0 in dev: proposed already, on the branch /,
  );
  expect(await say(hold, { reason: 'wait' })).toMatchInlineSnapshot(`
    "hold of churn v1.0.0: proposed, on the branch lockstep/hold/churn/v1.0.0 (commit <hex>)
      open the pull request: gh pr create --base main --head lockstep/hold/churn/v1.0.0 --fill"
  `);
});

test.each([
  ['https://github.com/acme/models.git', 'https://github.com/acme/models'],
  ['git@github.com:acme/models.git', 'https://github.com/acme/models'],
  ['ssh://git@github.com/acme/models', 'https://github.com/acme/models'],
  ['https://github.com.evil.example/acme/models', null],
  ['/srv/models.git', null],
])('the address that opens a pull request at %s', async (url, repository) => {
  await using sandbox = await makeSandbox();
  const workspace = await sandbox.clone('ada');
  await git(['remote', 'set-url', 'origin', url], { cwd: workspace.root });
  const wanted = repository && `${repository}/compare/main...${proposal.branch}?expand=1`;
  expect(await compareAddress(workspace, proposal, {})).toBe(wanted);
  const elsewhere = withRepository(workspace, url);
  expect(await compareAddress(elsewhere, proposal, { GITHUB_REPOSITORY: 'acme/code' })).toBe(wanted);
  if (repository !== null)
    expect(await compareAddress(workspace, proposal, { GITHUB_REPOSITORY: 'acme/code' })).toContain(
      '/acme/code/',
    );
});

function withRepository({ root }: Workspace, repository: string): Workspace {
  writeFileSync(join(root, 'lockstep.yaml'), `gitops: {repository: "${repository}"}\n`);
  return openWorkspace(root);
}
