import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startGitHub } from '../../test/fakes/github/server.ts';
import { makeRepository, messageOf } from '../../test/git-sandbox.ts';
import { openWorkspace } from '../workspace/index.ts';
import { templateOf } from './template-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('lockstep.yaml says it, else GitHub, which remembers "Use this template"; else nobody', async () => {
  const { root } = await makeRepository(folder);
  await using github = await startGitHub({
    tokens: { token: { login: 'ada', permissions: { metadata: 'read' } } },
  });
  const env = { GITHUB_REPOSITORY: 'acme/models', GITHUB_API_URL: github.url, GITHUB_TOKEN: 'token' };
  const asked = (more: NodeJS.ProcessEnv = env) => templateOf(openWorkspace(root), more);
  github.state.settings.repository = { template_repository: null };
  const unknown = await messageOf(asked());
  expect(unknown).toMatch(/^E_UPGRADE_SOURCE: nothing says which template this repository was made from in /);
  expect(await messageOf(asked({}))).toBe(unknown);
  github.state.settings.repository = {
    template_repository: { clone_url: 'https://github.com/acme/lockstep.git' },
  };
  expect(await asked()).toBe('https://github.com/acme/lockstep.git');
  writeFileSync(join(root, 'lockstep.yaml'), 'upgrade: {from: ../lockstep}\n');
  expect(await asked()).toBe('../lockstep');
});
