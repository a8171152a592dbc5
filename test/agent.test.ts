import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  type AgentEvent,
  type AgentInput,
  type AskGolden,
  readAgentState,
  startAgent,
} from '../src/gitops/index.ts';
import { type BuiltImage, buildImage, openImages } from '../src/image/index.ts';
import { askGolden } from '../src/serving/index.ts';
import { type Digest, digestOf, git, isAlive, readAtCommit, type Workspace } from '../src/workspace/index.ts';
import { commitFiles, type GitSandbox, makeSandbox } from './git-sandbox.ts';
import { toyModel, toyModelYaml, toyScore } from './toy-model.ts';

// The agent with everything real: a Git remote, OCI images, the bundled model server as processes, HTTP. Only the
// evidence is left out (gitops has its own tests): the branch holds what is wanted as plain JSON.

let sandbox: GitSandbox;
let workspace: Workspace;
let author: Workspace;
const images: Record<string, { image: BuiltImage; modelDigest: Digest }> = {};

beforeAll(async () => {
  sandbox = await makeSandbox();
  author = await sandbox.clone('author');
  await commitFiles(author, { 'a.txt': 'a' });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: author.root });
  workspace = await sandbox.clone('laptop');
  await image('v1.0.0', {});
  await image('v1.1.0', { bias: 0.5 });
  await image('v1.2.0', { unknown: 'error' });
  await image('v1.3.0', { bias: 1 }, 0.25);
});

afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** A toy release; `wrong` is added to every golden score. */
async function image(
  version: string,
  options: { unknown?: 'error'; bias?: number },
  wrong = 0,
): Promise<void> {
  const onnx = toyModel(options);
  const requests = [200, 800, 2400].map((distance) => ({
    inputs: { distance, carrier: 'AA', date: '2001-01-31' },
    score: toyScore(distance, 'AA', '2001-01-31', options.bias) + wrong,
  }));
  const golden = JSON.stringify({ v: 1, model: 'toy', requests });
  const metadata = {
    model: 'toy',
    version,
    modelDigest: digestOf(onnx),
    golden: digestOf(golden),
    task: 'binary-classification',
  };
  const built = await buildImage(workspace, {
    model: 'toy',
    version,
    files: {
      'model.onnx': onnx,
      'model.yaml': Buffer.from(toyModelYaml),
      'metadata.json': Buffer.from(JSON.stringify(metadata)),
      'golden.json': Buffer.from(golden),
    },
  });
  images[version] = { image: built, modelDigest: digestOf(onnx) };
}

interface Wish {
  readonly version: string;
  readonly replay?: number;
}

/** A commit on the remote's branch; null removes every folder. */
async function promote(wishes: Readonly<Record<string, Wish>>): Promise<void> {
  await git(['checkout', '--quiet', '-B', 'environments'], { cwd: author.root });
  await commitFiles(author, { 'wanted.json': JSON.stringify(wishes) });
  await git(['push', '--quiet', '--force', 'origin', 'environments'], { cwd: author.root });
}

const readWanted: AgentInput['readWanted'] = async ({ root }, commit) => {
  const wishes = JSON.parse(String(await readAtCommit(root, commit, 'wanted.json'))) as Record<string, Wish>;
  return Object.entries(wishes).map(([environment, { version, replay = null }]) => {
    const { image, modelDigest } = images[version]!;
    const where = { model: 'toy', environment, tree: commit };
    const reference = `${image.name}@${image.digest}`;
    const release = { version, image: reference, imageDigest: image.digest, modelDigest, replay };
    return { ...where, kind: 'release' as const, release };
  });
};

const agents: Agent[] = [];
interface Watched {
  readonly agent: Agent;
  readonly events: AgentEvent[];
  until<E extends AgentEvent['event']>(event: E, version?: string): Promise<AgentEvent & { event: E }>;
  url(environment: string): string;
}

async function up(): Promise<Watched> {
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
  return {
    agent,
    events,
    until: waiter(events),
    url: (name) => agent.state().environments[`toy/${name}`]!.url,
  };
}

const waiter =
  (events: readonly AgentEvent[]): Watched['until'] =>
  async (event, version) => {
    for (const until = Date.now() + 30_000; Date.now() < until; await sleep(20)) {
      const found = events.find(
        (entry) =>
          entry.event === event &&
          (version === undefined || ('version' in entry && entry.version === version)),
      );
      if (found) return found as never;
    }
    throw new Error(`no ${event} ${version ?? ''} among ${JSON.stringify(events)}`);
  };

const predict = async (url: string, carrier = 'AA') => {
  const body = JSON.stringify({ distance: 800, carrier, date: '2001-01-31' });
  const response = await fetch(`${url}/predict`, { method: 'POST', body });
  return { status: response.status, answer: (await response.json()) as { version: string } };
};

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
    expect((await predict(url('production'), count % 10 === 9 ? 'ZZ' : 'AA')).status).toBe(200);
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

test('an agent that was killed is followed by one that finds its servers again and ends strays', async () => {
  await promote({ dev: { version: 'v1.0.0' } });
  const first = await runAsProcess();
  const before = readAgentState(workspace)!;
  const server = before.environments['toy/dev']!;
  const killed = new Promise((resolve) => first.on('exit', resolve));
  first.kill('SIGKILL');
  await killed;
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
  await git(['remote', 'set-url', 'origin', join(sandbox.folder, 'nowhere')], { cwd: workspace.root });
  try {
    await until('unreachable');
    expect(await predict(url('dev'))).toMatchObject({ status: 200 });
    expect(Object.keys(agent.state().environments)).toEqual(['toy/dev']);
  } finally {
    await git(['remote', 'set-url', 'origin', sandbox.origin], { cwd: workspace.root });
  }
});

/** The agent in a process of its own, to be killed. */
async function runAsProcess() {
  const program = join(sandbox.folder, 'agent.mjs');
  const door = (path: string) => JSON.stringify(join(import.meta.dirname, '../src', path));
  writeFileSync(
    program,
    `import { startAgent } from ${door('gitops/index.ts')};
import { askGolden } from ${door('serving/index.ts')};
import { openWorkspace, readAtCommit } from ${door('workspace/index.ts')};
const images = ${JSON.stringify(images)};
const readWanted = async ({ root }, commit) => {
  const wishes = JSON.parse(String(await readAtCommit(root, commit, 'wanted.json')));
  return Object.entries(wishes).map(([environment, { version }]) => {
    const { image, modelDigest } = images[version];
    const release = { version, image: image.name + '@' + image.digest, imageDigest: image.digest, modelDigest, replay: null };
    return { model: 'toy', environment, tree: commit, kind: 'release', release };
  });
};
await startAgent(openWorkspace(${JSON.stringify(workspace.root)}), {
  remote: 'origin', branch: 'environments', pollMs: 100, readWanted, askGolden,
  report: ({ event }) => process.stdout.write(event + '\\n'),
});
`,
  );
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  for (const until = Date.now() + 30_000; !text.includes('ready') && Date.now() < until; ) await sleep(20);
  expect(text).toMatch(/ready/);
  return child;
}
