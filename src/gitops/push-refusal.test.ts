import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { refusalKind } from '../registry/push-refusal.ts';
import { git } from '../workspace/index.ts';
import { promote } from './index.ts';

const github = {
  protected:
    'GH006: Protected branch update failed for refs/heads/environments.; Cannot update this protected branch.',
  rules:
    'GH013: Repository rule violations found for refs/heads/environments.; Changes must be made through a pull request.',
  creation:
    'GH013: Repository rule violations found for refs/tags/churn@v1.0.0.; Cannot create ref due to creations being restricted.',
};

test.each([
  [github.protected, 'protected-branch'],
  ['protected branch hook declined', 'protected-branch'],
  [github.rules, 'pull-request'],
  [github.creation, 'ruleset'],
  [
    'refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission',
    'workflow-scope',
  ],
  ['Permission to acme/models.git denied to github-actions[bot].', 'permission'],
  ['The requested URL returned error: 403', 'permission'],
  ['GH013: Repository rule violations found; - Commits must have verified signatures.', 'signatures'],
  ['GH006: Protected branch update failed; Changes must be made through the merge queue', 'pull-request'],
  ['GH006: Protected branch update failed; Required status check "ci-ok" is expected.', 'protected-branch'],
  [
    "File a.onnx is 120.00 MB; this exceeds GitHub's file size limit of 100.00 MB; GH001: Large files detected.",
    'too-large',
  ],
  ['GH007: Your push would publish a private email address.', 'email'],
  ['This repository was archived so it is read-only.', 'permission'],
  ['the receiving end does not support --atomic push', 'no-atomic'],
  ['[remote rejected] (Internal Server Error)', 'server'],
  ['rule 401ab of 0a403f says no', 'other'],
  ['pre-receive hook declined', 'other'],
])('%s', (reason, kind) => {
  expect(refusalKind(reason)).toBe(kind);
});

/** A remote that answers a push as GitHub words it. */
function refusing(origin: string, words: string): void {
  const hook = join(origin, 'hooks', 'pre-receive');
  const lines = words.split('; ').map((line) => `echo '${line.replaceAll("'", '')}' >&2`);
  writeFileSync(hook, `#!/bin/sh\n${lines.join('\n')}\nexit 1\n`);
  chmodSync(hook, 0o755);
}

test.each([
  ['protected branch', github.protected],
  ['ruleset', github.rules],
])('promote on a %s says who has to be let past', async (_, words) => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  refusing(sandbox.origin, words);
  const said = await messageOf(promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' }));
  expect(said).toMatchSnapshot();
  expect(await git(['branch', '--list'], { cwd: sandbox.origin })).not.toContain('environments');
});

test('register under a rule against new tags leaves no version behind', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  refusing(sandbox.origin, github.creation);
  expect(await messageOf(registerVersion(workspace, 'v1.0.0'))).toMatchSnapshot();
  expect(await git(['tag', '-l'], { cwd: workspace.root })).toBe('');
});
