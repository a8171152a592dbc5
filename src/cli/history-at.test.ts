import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { deployFiles, makeProject, policyText, registerVersion } from '../../test/release-sandbox.ts';
import { hold, parseMoment, promote, realEffects, rollback } from '../gitops/index.ts';
import { git, type Workspace } from '../workspace/index.ts';
import { command } from './history.ts';

const at = (workspace: Workspace, when: string | undefined, ...positionals: string[]) =>
  command.run({
    workspace,
    cwd: workspace.root,
    positionals,
    values: when === undefined ? {} : { at: when },
    json: false,
  });

const textAt = async (workspace: Workspace, when: string, ...positionals: string[]) =>
  (await at(workspace, when, ...positionals)).text.replaceAll(/(?<=sha256:|commit )[0-9a-f]{12}/g, '<hex>');

/** Everything git writes from here on is of this moment. */
async function onDay(time: string, work: () => Promise<unknown>): Promise<void> {
  process.env.GIT_COMMITTER_DATE = time;
  process.env.GIT_AUTHOR_DATE = time;
  try {
    await work();
  } finally {
    delete process.env.GIT_COMMITTER_DATE;
    delete process.env.GIT_AUTHOR_DATE;
  }
}

test('what was where: by day, by moment, of every model, on which evidence', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  const files = Object.entries(deployFiles).map(([path, text]) => [
    path.replace('models/churn', 'models/sales'),
    text,
  ]);
  await registerVersion(
    workspace,
    'v1.0.0',
    { model: 'sales' },
    { ...Object.fromEntries(files), 'models/sales/policy.yaml': policyText },
  );
  const approvals = [{ by: 'grace', id: 7, time: '2026-03-02T09:00:00Z' }];
  const go = (time: string, model: string, version: string) =>
    onDay(time, () =>
      promote(
        workspace,
        { model, version, environment: 'dev', approvals },
        { ...realEffects, now: () => new Date(time) },
      ),
    );
  await go('2026-03-02T10:00:00Z', 'churn', 'v1.0.0');
  await go('2026-03-05T10:00:00Z', 'churn', 'v1.1.0');
  await go('2026-03-05T11:00:00Z', 'sales', 'v1.0.0');
  await onDay('2026-03-06T12:00:00Z', () =>
    rollback(
      workspace,
      { model: 'churn', environment: 'dev', reason: 'it is worse', hold: true },
      { ...realEffects, now: () => new Date('2026-03-06T12:00:00Z') },
    ),
  );
  expect(await textAt(workspace, '2026-03-01')).toBe(
    'as of 2026-03-01 23:59:59 UTC: nothing had been promoted yet',
  );
  expect(await textAt(workspace, '2026-03-02')).toMatchInlineSnapshot(`
    "as of 2026-03-02 23:59:59 UTC (commit <hex>)
    churn
      dev  v1.0.0  localhost/churn@sha256:<hex>…  since 2026-03-02 10:00:00, promoted by ada, churn#dev#1
        pass sha256:<hex>… by policy sha256:<hex>…, evaluation sha256:<hex>…, signed for ada at 2026-03-02 10:00:00
        approved by grace (account 7)"
  `);
  expect(await textAt(workspace, '2026-03-05 10:59')).toContain('v1.1.0');
  expect(await textAt(workspace, '2026-03-05T12:30+01:00')).toMatchInlineSnapshot(`
    "as of 2026-03-05 11:30:00 UTC (commit <hex>)
    churn
      dev  v1.1.0  localhost/churn@sha256:<hex>…  since 2026-03-05 10:00:00, promoted by ada, churn#dev#2
        pass sha256:<hex>… by policy sha256:<hex>…, evaluation sha256:<hex>…, signed for ada at 2026-03-05 10:00:00
        approved by grace (account 7)
    sales
      dev  v1.0.0  localhost/sales@sha256:<hex>…  since 2026-03-05 11:00:00, promoted by ada, sales#dev#1
        pass sha256:<hex>… by policy sha256:<hex>…, evaluation sha256:<hex>…, signed for ada at 2026-03-05 11:00:00
        approved by grace (account 7)"
  `);
  expect(await textAt(workspace, '2026-03-06', 'churn')).toMatchInlineSnapshot(`
    "as of 2026-03-06 23:59:59 UTC (commit <hex>)
    churn
      dev  v1.0.0  localhost/churn@sha256:<hex>…  since 2026-03-06 12:00:00, rolled back by ada, churn#dev#3: it is worse
        pass sha256:<hex>… by policy sha256:<hex>…, evaluation sha256:<hex>…, signed for ada at 2026-03-02 10:00:00
        approved by grace (account 7)
      v1.1.0 was held by ada <ada@example.com>: it is worse"
  `);
  const { json } = await at(workspace, '2026-03-06', 'churn');
  expect(json).toMatchObject({
    at: '2026-03-06T23:59:59.999Z',
    source: 'origin',
    environments: [
      {
        model: 'churn',
        environment: 'dev',
        version: 'v1.0.0',
        image: expect.stringMatching(/^localhost\/churn@sha256:[0-9a-f]{64}$/),
        event: 'rollback',
        by: 'ada <ada@example.com>',
        since: '2026-03-06T12:00:00.000Z',
        from: 'v1.1.0',
        reason: 'it is worse',
        tag: 'churn#dev#3',
        evidence: {
          verdict: expect.stringMatching(/^sha256:/),
          promotedBy: 'ada <ada@example.com>',
          promotedAt: '2026-03-02T10:00:00.000Z',
          approvals,
        },
        problem: null,
      },
    ],
    holds: [{ model: 'churn', version: 'v1.1.0', reason: 'it is worse' }],
  });
});

test('a folder that somebody changed by hand was where it was, and is not called proven', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  const { root } = workspace;
  await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  await hold(workspace, { model: 'churn', version: 'v1.0.0', reason: 'wait', release: false });
  await git(['fetch', '--quiet', 'origin', 'environments:environments'], { cwd: root });
  await git(['switch', '--quiet', 'environments'], { cwd: root });
  const file = 'models/churn/environments/dev/kustomization.yaml';
  writeFileSync(join(root, file), 'resources: []\n');
  await git(['commit', '--quiet', '-am', 'quick fix'], { cwd: root });
  await git(['push', '--quiet', 'origin', 'environments'], { cwd: root });
  await git(['switch', '--quiet', 'main'], { cwd: root });
  const today = new Date().toISOString().slice(0, 10);
  const text = await textAt(workspace, today);
  expect(text).toMatch(/^ {2}dev {2}\? {2}since .*, put there by hand, by ada: quick fix$/m);
  expect(text).toMatch(/^ {4}E_ENV_FILE_/m);
  expect(text).toMatch(/^ {2}v1\.0\.0 was held by ada <ada@example\.com>: wait$/m);
});

test('a clock that runs backwards does not change the order of the branch', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  const go = (time: string, version: string) =>
    onDay(time, () => promote(workspace, { model: 'churn', version, environment: 'dev' }));
  await go('2026-03-05T10:00:00Z', 'v1.0.0');
  await go('2026-03-04T10:00:00Z', 'v1.1.0');
  expect(await textAt(workspace, '2026-03-04')).toContain('nothing had been promoted yet');
  expect(await textAt(workspace, '2026-03-05')).toContain('v1.1.0');
});

test('what is no date, or yet to come, is refused; a model is needed where no date is', async () => {
  const now = new Date('2026-03-05T10:00:00Z');
  const said = (text: string) => messageOf((async () => parseMoment(text, now))());
  for (const text of [
    'yesterday',
    '2026-3-5',
    '2026-02-30',
    '2026-03-05T25:00Z',
    '',
    '2026-03-05T10:00:00+99:00',
  ])
    expect(await said(text), text).toMatch(/^E_USAGE: ".*" is no date/);
  expect(await said('2026-03-06')).toMatch(/^E_USAGE: 2026-03-06 is yet to come/);
  expect(parseMoment('2026-03-05', now)).toEqual(now);
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await commitFiles(workspace, { a: 'b' });
  expect(await messageOf(at(workspace, undefined))).toContain('needs a model, or --at <date>');
});
