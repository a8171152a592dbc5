import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeSandbox, messageOf } from '../../../test/git-sandbox.ts';
import { before, makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import type { ReleaseRecord } from '../../registry/index.ts';
import { git, openWorkspace } from '../../workspace/index.ts';
import { type EnvironmentState, writeAgentState } from '../agent/state.ts';
import { observe, promote, verifyEnvironments } from '../index.ts';

/** Answers as a model server of this release, until told otherwise. */
async function startServer(running: () => ReleaseRecord): Promise<string> {
  const server = createServer((_request, response) => {
    const { version, modelDigest } = running();
    response.end(JSON.stringify({ parameters: { version, model_digest: modelDigest } }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('what is seen is told; what fails is rolled back and held only where that is automatic', async () => {
  await using sandbox = await makeSandbox();
  let running: ReleaseRecord | undefined;
  const url = await startServer(() => running!);
  const yaml = (rollback: string) =>
    `environments: [{name: dev, rollback: ${rollback}}, staging, production]\n`;
  await makeProject(sandbox, 'ada', { 'lockstep.yaml': yaml('automatic') });
  const root = `${sandbox.folder}/ada`;
  const workspace = openWorkspace(root);
  const [one, two] = [await registerVersion(workspace, 'v1.0.0'), await registerVersion(workspace, 'v1.1.0')];
  const agent = (over: Partial<EnvironmentState>) =>
    writeAgentState(workspace, {
      v: 1,
      pid: process.pid,
      started: new Date().toISOString(),
      remote: 'origin',
      branch: 'environments',
      environments: {
        'churn/dev': {
          model: 'churn',
          environment: 'dev',
          version: running!.version,
          image: `${running!.image.name}@${running!.image.digest}`,
          modelDigest: running!.modelDigest,
          url,
          port: 1,
          serverPid: null,
          serverPort: null,
          golden: { asked: 32, equal: 32 },
          since: null,
          refused: null,
          ...over,
        },
      },
      servers: [],
    });
  const seen = async () => (await observe(workspace, {})).environments[0];
  const to = (version: string) =>
    promote(workspace, { model: 'churn', version, environment: 'dev', observe: 0 });

  expect((await observe(workspace, {})).environments).toEqual([]);
  running = one;
  await to('v1.0.0');
  expect(await seen()).toMatchObject({
    version: 'v1.0.0',
    sighting: { kind: 'not observed' },
    rollback: null,
  });
  agent({});
  expect(await seen()).toMatchObject({ sighting: { kind: 'verified', golden: { asked: 32, equal: 32 } } });
  await to('v1.1.0');
  expect(await seen()).toMatchObject({
    version: 'v1.1.0',
    sighting: { kind: 'waiting', what: 'v1.0.0 answers, not yet v1.1.0' },
  });

  const refused = {
    version: 'v1.1.0',
    image: `${two.image.name}@${two.image.digest}`,
    reasons: ['7 of the last 200 answered requests fail on it'],
    time: new Date().toISOString(),
  };
  agent({ refused });
  const byHand = { ...workspace, configuration: { ...workspace.configuration, rules: {} } };
  expect((await observe(byHand, {})).environments[0]).toMatchObject({
    sighting: { kind: 'failing' },
    rollback: null,
  });

  // Somebody promotes another version between the look and the rollback: theirs is not rolled back.
  const three = await registerVersion(workspace, 'v1.2.0');
  const othersPromote = async () => {
    const bob = await sandbox.clone('bob');
    cpSync(`${root}/.lockstep/keys`, `${bob.root}/.lockstep/keys`, { recursive: true });
    await promote(bob, { model: 'churn', version: three.version, environment: 'dev', observe: 0 });
  };
  expect(await messageOf(observe(workspace, {}, before('read', othersPromote)))).toMatch(
    /^E_PROMOTE_RACE: dev of churn changed meanwhile: expected v1\.1\.0, found v1\.2\.0/,
  );

  agent({ refused: { ...refused, version: 'v1.2.0', image: `${three.image.name}@${three.image.digest}` } });
  expect(await seen()).toMatchObject({
    version: 'v1.2.0',
    sighting: { kind: 'failing', reasons: refused.reasons },
    rollback: { from: 'v1.2.0', to: 'v1.1.0', held: true },
  });
  expect((await git(['log', '-1', '--format=%s', 'refs/lockstep/environments'], { cwd: root })).trim()).toBe(
    'churn: dev back to v1.1.0 (was v1.2.0): observed: 7 of the last 200 answered requests fail on it',
  );
  expect((await verifyEnvironments(workspace)).findings).toEqual([]);
}, 60_000);
