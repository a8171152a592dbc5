import { expect, test } from 'vitest';
import { makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import type { Workspace } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { command as deployCommand } from './deploy.ts';
import { command as historyCommand } from './history.ts';
import { command as holdCommand } from './hold.ts';
import { command as promoteCommand } from './promote.ts';
import { command as rollbackCommand } from './rollback.ts';
import { command as statusCommand } from './status.ts';
import { command as verifyCommand } from './verify.ts';

const run = (
  workspace: Workspace,
  command: Command,
  positionals: string[],
  values: Record<string, string | boolean> = {},
) => command.run({ workspace, cwd: workspace.root, positionals, values, json: false });
const words = async (...args: Parameters<typeof run>) =>
  (await run(...args)).text
    .replaceAll(/[0-9a-f]{12,64}/g, '<hex>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '<time>');

test('the life of two versions, in the words of the commands', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  const say = (command: Command, positionals: string[], values: Record<string, string | boolean> = {}) =>
    words(workspace, command, positionals, values);
  const first = [await say(statusCommand, []), await say(verifyCommand, [])];
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  const to = { to: 'dev' };
  const told = [
    ...first,
    await say(promoteCommand, ['churn', 'v1.0.0'], { ...to, 'dry-run': true }),
    await say(promoteCommand, ['churn', 'v1.0.0'], to),
    await say(promoteCommand, ['churn', 'v1.0.0'], to),
    await say(promoteCommand, ['churn', 'v1.1.0'], { ...to, decide: 'decision.json' }),
    await say(deployCommand, ['churn'], { ...to, release: 'decision.json' }),
    await say(deployCommand, ['churn'], { ...to, release: 'decision.json' }),
    await say(rollbackCommand, ['churn'], { in: 'dev', reason: 'late flights' }),
    await say(statusCommand, []),
    await say(verifyCommand, []),
    await say(holdCommand, ['churn', 'v1.1.0'], { release: true, reason: 'mended' }),
    await say(holdCommand, ['churn', 'v1.1.0'], { release: true, reason: 'mended' }),
    await say(historyCommand, ['churn']),
  ];
  expect(told.join('\n\n')).toMatchInlineSnapshot(`
    "nothing has been promoted yet

    nothing has been promoted yet

    churn v1.0.0 may go to dev
      write  models/churn/environments/dev/deployment.yaml
      write  models/churn/environments/dev/service.yaml
      write  models/churn/environments/dev/kustomization.yaml
      write  models/churn/environments/dev/release.json
      tag    churn#dev#1 at <hex>
    nothing was written

    churn v1.0.0 in dev: written, not observed
      churn#dev#1 in commit <hex>, image localhost/churn@sha256:<hex>

    churn v1.0.0 in dev: there already, nothing written, not observed

    churn v1.1.0 may go to dev, where v1.0.0 is
      write  models/churn/environments/dev/kustomization.yaml
      write  models/churn/environments/dev/release.json
      tag    churn#dev#2 at <hex>
    decision written to decision.json

    churn v1.1.0 in dev (was v1.0.0): written, not observed
      churn#dev#2 in commit <hex>, image localhost/churn@sha256:<hex>

    churn v1.1.0 in dev: there already, nothing written, not observed

    churn in dev: v1.1.0 → v1.0.0, written, not observed
      churn#dev#3 in commit <hex>
      v1.1.0 is held: lockstep hold churn v1.1.0 --release --reason "…" lets it go

    churn
      dev  v1.0.0  localhost/churn@sha256:<hex>…  since <time>  not observed
      v1.1.0 is held by ada <ada@example.com>: late flights

    the one environment agrees with its evidence
      churn dev: v1.0.0, localhost/churn@sha256:<hex>

    churn v1.1.0 is not held (commit <hex>)

    churn v1.1.0 was not held already

    <time>  ada  v1.1.0 no longer held: mended
    <time>  ada  dev back to v1.0.0 (was v1.1.0), evaluation sha256:<hex>…, churn#dev#3: late flights
    <time>  ada  v1.1.0 to dev (was v1.0.0), evaluation sha256:<hex>…, churn#dev#2
    <time>  ada  v1.0.0 to dev, evaluation sha256:<hex>…, churn#dev#1
    <time>  ada  v1.1.0 registered as churn@v1.1.0
    <time>  ada  v1.0.0 registered as churn@v1.0.0"
  `);
});

test('a decision is deployed only while everything is as it was decided', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  const decide = (version: string) =>
    run(workspace, promoteCommand, ['churn', version], { to: 'dev', decide: `${version}.json` });
  const deploy = (version: string, environment = 'dev') =>
    messageOf(run(workspace, deployCommand, ['churn'], { to: environment, release: `${version}.json` }));
  await decide('v1.0.0');
  await decide('v1.1.0');
  expect(await deploy('v1.0.0', 'production')).toMatchInlineSnapshot(
    `"E_VERDICT_ENVIRONMENT: a promotion of churn to dev in v1.0.0.json:3 — a promotion of churn to production. Fix: lockstep promote churn <version> --to production."`,
  );
  expect(await deploy('v1.0.0')).toBe('no error');
  expect(await deploy('v1.1.0')).toMatchInlineSnapshot(
    `"E_PROMOTE_RACE: dev of churn changed meanwhile: expected nothing, found v1.0.0 — one promotion of an environment after the other. Fix: look at \`lockstep status\`, then \`lockstep promote churn v1.1.0 --to dev\` if you still want it."`,
  );
  await decide('v1.1.0');
  await run(workspace, holdCommand, ['churn', 'v1.1.0'], { reason: 'wait' });
  expect(await deploy('v1.1.0')).toMatch(/^E_PROMOTE_HELD: /);
  expect(await deploy('v9.9.9')).toMatchInlineSnapshot(
    `"E_CONFIG_MISSING: cannot read v9.9.9.json (ENOENT) — the file that \`lockstep promote --decide <file>\` wrote."`,
  );
});
