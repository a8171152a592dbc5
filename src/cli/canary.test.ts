import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildToyImage, predict, waiter } from '../../test/agent-world.ts';
import { type GitSandbox, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import {
  type Agent,
  type AgentEvent,
  type AskGolden,
  promote,
  readWantedHere,
  startAgent,
} from '../gitops/index.ts';
import { askGolden } from '../serving/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { command as canaryCommand } from './canary.ts';
import type { Command } from './command.ts';
import { command as statusCommand } from './status.ts';

// With everything real: reviewed deploy files, signed evidence, promotions in Git, the agent and its model servers.

const canary =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: churn\n  annotations:\n    lockstep/canary: "20:1h, 50:1h"\n    lockstep/canary-checks: "requests 5"\n';

let sandbox: GitSandbox;
let workspace: Workspace;
let agent: Agent;
const events: AgentEvent[] = [];
const until = waiter(events);

beforeAll(async () => {
  sandbox = await makeSandbox();
  workspace = await makeProject(sandbox, 'ada', { 'models/churn/deploy/dev.yaml': canary });
  for (const [version, bias] of [
    ['v1.0.0', 0],
    ['v1.1.0', 0.01],
    ['v1.2.0', 0.02],
  ] as const) {
    const { image, modelDigest } = await buildToyImage(workspace, version, { bias }, 'churn');
    const { name, digest } = image;
    await registerVersion(workspace, version, {
      image: { name, digest, platform: 'linux/amd64' },
      modelDigest,
    });
  }
  agent = await startAgent(workspace, {
    remote: 'origin',
    branch: 'environments',
    pollMs: 100,
    readWanted: readWantedHere({}),
    askGolden: askGolden as AskGolden,
    report: (event) => void events.push(event),
  });
});

afterAll(async () => {
  await agent.stop();
  await sandbox[Symbol.asyncDispose]();
});

const run = async (command: Command, positionals: string[], values: Record<string, string> = {}) =>
  (await command.run({ workspace, cwd: workspace.root, positionals, values, json: false })).text
    .replaceAll(/[0-9a-f]{12,64}/g, '<hex>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '<time>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<address>');
const order = (action: string, more: Record<string, string> = {}) =>
  run(canaryCommand, ['churn', action], { in: 'dev', ...more });
const to = (version: string, observe: number) =>
  promote(workspace, { model: 'churn', version, environment: 'dev', observe });
const dev = () => agent.state().environments['churn/dev']!;

test('people steer a canary: paused it stays, promoted it is whole, aborted Git names the old version again', async () => {
  expect((await to('v1.0.0', 30)).outcome).toBe('observed');
  expect(await messageOf(order('pause'))).toMatchInlineSnapshot(
    `"E_CANARY_NONE: churn in dev has no canary: v1.0.0 answers every request — a version that answers a share of the requests, started by \`lockstep up\`. Fix: see \`lockstep status\`."`,
  );
  expect(await messageOf(run(canaryCommand, ['churn', 'stop'], { in: 'dev' }))).toMatchInlineSnapshot(
    `""stop" is nothing to do with a canary; pause, resume, abort, promote are"`,
  );

  // In Git, and not yet what everybody is answered by: written.
  expect((await to('v1.1.0', 0)).outcome).toBe('written');
  await until('canary', 'v1.1.0');
  expect(await run(statusCommand, [])).toMatchInlineSnapshot(`
    "churn
      dev  v1.1.0  localhost/churn@sha256:<hex>…  since <time>  v1.0.0 answers
        canary v1.1.0: 20 %, step 1 of 2; 0 asked, 0 failed"
  `);
  expect(await order('pause')).toMatchInlineSnapshot(`
    "churn in dev: pause of v1.1.0 done
      it was: canary v1.1.0: 20 %, step 1 of 2; 0 asked, 0 failed"
  `);
  expect(dev().canary).toMatchObject({ paused: true, weight: 20 });
  expect(await order('resume')).toMatchInlineSnapshot(`
    "churn in dev: resume of v1.1.0 done
      it was: canary v1.1.0: 20 %, step 1 of 2, paused; 0 asked, 0 failed"
  `);
  expect(dev().canary).toMatchObject({ paused: false, weight: 20 });
  expect(await order('promote', { reason: 'seen enough' })).toMatchInlineSnapshot(`
    "churn in dev: promote of v1.1.0 done
      it was: canary v1.1.0: 20 %, step 1 of 2; 0 asked, 0 failed"
  `);
  expect(dev()).toMatchObject({ version: 'v1.1.0', canary: null });
  expect((await until('switched', 'v1.1.0')).canary!.by).toBe('ada <ada@example.com>');
  expect((await predict(dev().url)).answer.version).toBe('v1.1.0');

  await to('v1.2.0', 0);
  await until('canary', 'v1.2.0');
  expect(await messageOf(order('abort'))).toMatchInlineSnapshot(
    `"E_USAGE: no reason — a sentence of at most 500 characters, for whoever asks later. Fix: add --reason "why"."`,
  );
  expect(dev().canary).not.toBeNull();
  expect(await order('abort', { reason: 'late flights' })).toMatchInlineSnapshot(`
    "churn in dev: abort of v1.2.0 done
      it was: canary v1.2.0: 20 %, step 1 of 2; 0 asked, 0 failed
      v1.2.0 → v1.1.0 in commit <hex>, v1.2.0 is held"
  `);
  expect((await until('refused', 'v1.2.0')).reasons).toEqual([
    'aborted by ada <ada@example.com>: late flights',
  ]);
  await until('kept', 'v1.1.0');
  for (const limit = Date.now() + 5_000; agent.state().servers.length > 1 && Date.now() < limit; )
    await sleep(50);
  expect(dev()).toMatchObject({ version: 'v1.1.0', canary: null, refused: null });
  expect(agent.state().servers).toHaveLength(1);
  expect(await run(statusCommand, [])).toMatchInlineSnapshot(`
    "churn
      dev  v1.1.0  localhost/churn@sha256:<hex>…  since <time>  observed at http://<address>
      v1.2.0 is held by ada <ada@example.com>: late flights"
  `);
});
