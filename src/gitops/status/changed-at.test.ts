import { expect, test } from 'vitest';
import { commitFiles, makeRepository, makeSandbox } from '../../../test/git-sandbox.ts';
import { git, type Workspace } from '../../workspace/index.ts';
import { foldersOf, tipAt } from '../branch/tip.ts';
import { changedAt } from './changed-at.ts';
import type { Changes } from './status-memo.ts';

const pathOf = (model: string, environment: string) => `models/${model}/environments/${environment}`;

/** What is told of the tip, and what is kept of it for the next time. */
async function told(workspace: Workspace, commit: string, changes: Changes | null) {
  const tip = await tipAt(workspace, commit, 'local');
  let kept = changes;
  const memo = {
    changes,
    learnChanges: (found: Changes) => {
      kept = found;
    },
  };
  const last = await changedAt(workspace, tip, foldersOf(tip), memo);
  return { commits: Object.fromEntries(Object.entries(last).map(([path, [, by]]) => [path, by])), kept };
}

test('each folder has its last change, whether all is walked or what is new; one that was away has its return', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeRepository(sandbox.folder);
  const { root } = workspace;
  const put = (model: string, environment: string, text: string) =>
    commitFiles(workspace, { [`${pathOf(model, environment)}/release.json`]: text });
  const [dev, staging, other] = [pathOf('churn', 'dev'), pathOf('churn', 'staging'), pathOf('other', 'dev')];
  const old = await put('other', 'dev', '1');
  await put('churn', 'dev', '1');
  const first = await put('churn', 'staging', '1');
  const second = await put('churn', 'dev', '2');
  const before = await told(workspace, second, null);
  expect(before.commits).toEqual({ [dev]: second, [staging]: first, [other]: old });

  await git(['rm', '-r', '--quiet', staging], { cwd: root });
  await git(['commit', '--quiet', '-m', 'away'], { cwd: root });
  const away = await git(['rev-parse', 'HEAD'], { cwd: root });
  const back = await put('churn', 'staging', '1');
  const third = await put('churn', 'dev', '3');
  const after = { [dev]: third, [staging]: back, [other]: old };
  expect((await told(workspace, third, before.kept)).commits).toEqual(after);
  expect((await told(workspace, third, null)).commits).toEqual(after);
  const gone = await told(workspace, away, null);
  expect(gone.commits).toEqual({ [dev]: second, [other]: old });
  expect((await told(workspace, third, gone.kept)).commits).toEqual(after);
  // Known of a commit that the tip does not stand on, or that is nowhere: nothing of it counts.
  expect((await told(workspace, second, { tip: third, last: after as never })).commits).toEqual(
    before.commits,
  );
  const nowhere = { tip: 'f'.repeat(40), last: { [other]: ['', 'x'] } } as const;
  expect((await told(workspace, second, nowhere)).commits).toEqual(before.commits);
});
