import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  type AgentEvent,
  type AskGolden,
  readAgentState,
  startAgent,
} from '../src/gitops/index.ts';
import { openImages } from '../src/image/index.ts';
import { askGolden } from '../src/serving/index.ts';
import { git, isAlive, type Workspace } from '../src/workspace/index.ts';
import { type AgentWorld, makeAgentWorld, predict, readWanted, spawnAgent, waiter } from './agent-world.ts';

let world: AgentWorld;
let workspace: Workspace;
let promote: AgentWorld['promote'];

beforeAll(async () => {
  world = await makeAgentWorld();
  ({ workspace, promote } = world);
  await world.release('v1.0.0');
  await world.release('v1.1.0', { bias: 0.5 });
  await world.release('v1.2.0', { unknown: 'error' });
  await world.release('v1.3.0', { bias: 1, wrong: 0.25 });
});

afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});

afterAll(() => world[Symbol.asyncDispose]());

const agents: Agent[] = [];

async function up() {
  const events: AgentEvent[] = [];
  const report = (event: AgentEvent) => void events.push(event);
  const source = { remote: 'origin', branch: 'environments', pollMs: 100 };
  const agent = await startAgent(workspace, {
    ...source,
    readWanted,
    report,
    askGolden: askGolden as AskGolden,
  });
  agents.push(agent);
  const url = (name: string) => agent.state().environments[`toy/${name}`]!.url;
  return { agent, events, until: waiter(events), url };
}

test('a switch under constant requests drops none; the old server ends; the prediction log holds clients only', async () => {
  await promote({ dev: { version: 'v1.0.0' }, staging: { version: 'v1.0.0' } });
  const { agent, until, url } = await up();
  const { environments } = await until('ready');
  expect(Object.keys(environments)).toEqual(['toy/dev', 'toy/staging']);
  const before = agent.state().environments['toy/dev']!;
  expect(before).toMatchObject({ version: 'v1.0.0', golden: { asked: 3, equal: 3 }, refused: null });

  const seen: string[] = [];
  let going = true;
  const clients = Array.from({ length: 4 }, async () => {
    while (going) {
      const { status, answer } = await predict(url('dev'));
      seen.push(`${status} ${answer.version}`);
    }
  });
  await sleep(200);
  await promote({ dev: { version: 'v1.1.0' }, staging: { version: 'v1.0.0' } });
  const switched = await until('switched', 'v1.1.0');
  await sleep(300);
  going = false;
  await Promise.all(clients);
  expect([...new Set(seen)]).toEqual(['200 v1.0.0', '200 v1.1.0']);
  expect(switched).toMatchObject({ from: 'v1.0.0', url: before.url, replayed: null });
  for (const limit = Date.now() + 15_000; isAlive(before.serverPid!) && Date.now() < limit; ) await sleep(50);
  expect(isAlive(before.serverPid!)).toBe(false);
  expect((await predict(url('staging'))).answer.version).toBe('v1.0.0');

  await agent.stop();
  const log = readFileSync(join(workspace.root, '.lockstep/agent/toy/dev/predictions.jsonl'), 'utf8');
  expect(log.trim().split('\n')).toHaveLength(seen.length);
  const after = readAgentState(workspace)!;
  expect(after.pid).toBeNull();
  expect(after.servers).toEqual([]);
  for (const { serverPid } of Object.values(after.environments)) expect(isAlive(serverPid!)).toBe(false);
});

test('what fails its golden requests, or is no image, is refused and the old one goes on', async () => {
  await promote({ dev: { version: 'v1.1.0' } });
  const { agent, until, url } = await up();
  await until('ready');
  await promote({ dev: { version: 'v1.3.0' } });
  const refused = await until('refused', 'v1.3.0');
  expect(refused.kept).toBe('v1.1.0');
  expect(refused.reasons).toEqual([
    expect.stringMatching(/^the server is not ready: golden request 0 is answered 0\.9\d*, not 1\./),
  ]);
  expect(await predict(url('dev'))).toMatchObject({ status: 200, answer: { version: 'v1.1.0' } });
  expect(agent.state().environments['toy/dev']!.refused).toMatchObject({ version: 'v1.3.0' });

  const { images } = world;
  const { image } = images['v1.0.0']!;
  const layout = openImages(workspace);
  images['v1.4.0'] = {
    ...images['v1.0.0']!,
    image: { ...image, digest: layout.readManifest(image.digest).config.digest },
  };
  await promote({ dev: { version: 'v1.4.0' } });
  expect((await until('refused', 'v1.4.0')).reasons).toEqual([expect.stringMatching(/^E_CONFIG_KEY: /)]);

  await promote({ dev: { version: 'v1.1.0' } });
  await until('kept', 'v1.1.0');
  expect(agent.state().environments['toy/dev']!.refused).toBeNull();
  expect(agent.state().servers).toHaveLength(1);
});

test('what can not answer what production answered is refused with the column and the value', async () => {
  await promote({ production: { version: 'v1.1.0', replay: 20 } });
  const { until, url } = await up();
  await until('ready');
  for (let count = 0; count < 30; count++) {
    expect((await predict(url('production'), { carrier: count % 10 === 9 ? 'ZZ' : 'AA' })).status).toBe(200);
  }
  await sleep(300); // The server writes its log every 50 ms.
  await promote({ production: { version: 'v1.2.0', replay: 20 } });
  const refused = await until('refused', 'v1.2.0');
  expect(refused.reasons).toMatchInlineSnapshot(`
    [
      "2 of the last 20 answered requests fail on it",
      "2 × "carrier" is "ZZ", a category the model was not trained with",
    ]
  `);
  expect(refused.kept).toBe('v1.1.0');
  await promote({ production: { version: 'v1.0.0', replay: 20 } });
  expect(await until('switched', 'v1.0.0')).toMatchObject({ from: 'v1.1.0', replayed: 20 });
});

test('a server that dies is started again; a folder that goes takes its server along', async () => {
  await promote({ dev: { version: 'v1.0.0' }, staging: { version: 'v1.1.0' } });
  const { agent, until, url } = await up();
  await until('ready');
  const { serverPid, url: address } = agent.state().environments['toy/dev']!;
  process.kill(serverPid!, 'SIGKILL');
  expect(await predict(url('dev'))).toMatchObject({ status: 200 }); // Waits for the new one.
  await until('restarted', 'v1.0.0');
  expect(agent.state().environments['toy/dev']!.url).toBe(address);

  const gone = agent.state().environments['toy/staging']!.serverPid!;
  await promote({ dev: { version: 'v1.0.0' } });
  for (const limit = Date.now() + 15_000; isAlive(gone) && Date.now() < limit; ) await sleep(50);
  expect(isAlive(gone)).toBe(false);
  await until('removed');
  expect(Object.keys(readAgentState(workspace)!.environments)).toEqual(['toy/dev']);
});

test('with a spare nobody waits for a start when the server dies', async () => {
  await promote({ dev: { version: 'v1.0.0', spare: true } });
  const { agent, until, url } = await up();
  await until('ready');
  const dev = () => agent.state().environments['toy/dev']!;
  const spareOf = async () => {
    for (const limit = Date.now() + 15_000; !dev().sparePid && Date.now() < limit; ) await sleep(20);
    return dev().sparePid!;
  };
  const first = dev().serverPid!;
  const second = await spareOf();
  process.kill(first, 'SIGKILL');
  expect(await predict(url('dev'))).toMatchObject({ status: 200 });
  await until('restarted', 'v1.0.0');
  expect(dev().serverPid).toBe(second);
  const spare = await spareOf();
  await promote({ dev: { version: 'v1.1.0' } });
  await until('switched', 'v1.1.0');
  for (const limit = Date.now() + 15_000; isAlive(spare) && Date.now() < limit; ) await sleep(50);
  expect([isAlive(second), isAlive(spare)]).toEqual([false, false]);
});

test('an agent that was killed is followed by one that finds its servers again and ends strays', async () => {
  await promote({ dev: { version: 'v1.0.0' } });
  const first = spawnAgent(workspace);
  await first.until('ready');
  const before = readAgentState(workspace)!;
  const server = before.environments['toy/dev']!;
  await first.end('SIGKILL');
  const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });
  const began = readFileSync(`/proc/${stray.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
  const statePath = join(workspace.root, '.lockstep/agent/state.json');
  writeFileSync(
    statePath,
    JSON.stringify({ ...before, servers: [...before.servers, { pid: stray.pid, began }] }),
  );
  const ended = new Promise((resolve) => stray.on('exit', resolve));

  const { agent, until, events } = await up();
  await until('ready');
  await ended;
  expect(events.map(({ event }) => event)).toEqual(['started', 'adopted', 'ready']);
  expect(agent.state().environments['toy/dev']).toMatchObject({
    serverPid: server.serverPid,
    url: server.url,
    golden: { asked: 3, equal: 3 },
  });
  expect((await predict(server.url)).answer.version).toBe('v1.0.0');
});

test('a second agent is told who the first is; a remote that is gone changes nothing', async () => {
  await promote({ dev: { version: 'v1.0.0' } });
  const { agent, until, url } = await up();
  await until('ready');
  const message = await up().then(
    () => 'started',
    (error: Error) =>
      error.message.replaceAll(/\/\S+laptop/g, '<root>').replace(/since \S+\)/, 'since <time>)'),
  );
  expect(
    message.replace(String(process.pid), '<pid>').replace(/ on \S+ /, ' on <host> '),
  ).toMatchInlineSnapshot(
    `"E_BUSY: lockstep up for origin/environments waits for process <pid> on <host> (lockstep up for origin/environments, since <time>) in <root>/.lockstep/agent/agent.lock. Fix: let it finish, or stop it."`,
  );
  await git(['remote', 'set-url', 'origin', join(world.sandbox.folder, 'nowhere')], { cwd: workspace.root });
  try {
    await until('unreachable');
    expect(await predict(url('dev'))).toMatchObject({ status: 200 });
    expect(Object.keys(agent.state().environments)).toEqual(['toy/dev']);
  } finally {
    await git(['remote', 'set-url', 'origin', world.sandbox.origin], { cwd: workspace.root });
  }
});
