import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AgentEvent, agentTable, readAgentState } from '../src/gitops/index.ts';
import type { Workspace } from '../src/workspace/index.ts';
import { type AgentProcess, type AgentWorld, makeAgentWorld, predict, spawnAgent } from './agent-world.ts';

let world: AgentWorld;
let workspace: Workspace;

beforeAll(async () => {
  world = await makeAgentWorld();
  ({ workspace } = world);
  await world.release('v1.0.0');
  await world.release('v1.1.0', { bias: 0.01 });
  await world.release('v1.2.0', { unknown: 'error' });
  await world.release('v1.3.0', { bias: 3 });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
  for (const agent of agents.splice(0)) await agent.end('SIGTERM');
});

afterAll(() => world[Symbol.asyncDispose]());

const agents: AgentProcess[] = [];
const clients: { stop(): Promise<void> }[] = [];

/** A new agent, with production on v1.0.0 unless it runs something. */
async function up(): Promise<AgentProcess> {
  const agent = spawnAgent(workspace);
  agents.push(agent);
  await agent.until('ready');
  return agent;
}

const production = () => readAgentState(workspace)!.environments['toy/production']!;

interface Answer {
  readonly caller: string;
  readonly status: number;
  readonly version: string;
}

/** Four clients with 50 callers' names between them, all kinds of rows, until they are stopped. */
function ask(): { readonly answers: Answer[]; stop(): Promise<void> } {
  const answers: Answer[] = [];
  let going = true;
  const { url } = production();
  const loops = Array.from({ length: 4 }, async (_, lane) => {
    for (let turn = lane; going; turn += 4) {
      const caller = `caller-${turn % 50}`;
      const carrier = turn % 10 === 9 ? 'ZZ' : 'AA';
      const distance = (turn * 37) % 4000;
      const { status, answer } = await predict(url, { carrier, distance, headers: { 'x-caller': caller } });
      answers.push({ caller, status, version: answer.version });
    }
  });
  const client = {
    answers,
    async stop() {
      going = false;
      await Promise.all(loops);
    },
  };
  clients.push(client);
  return client;
}

const canaryOf = (steps: string, checks: string, more: Record<string, string> = {}) => ({
  'lockstep/canary': steps,
  'lockstep/canary-checks': checks,
  'lockstep/canary-by': 'x-caller',
  ...more,
});

const promote = (version: string, annotations = {}) =>
  world.promote({ production: { version, annotations } });
const versionsOf = (answers: readonly Answer[]) => [...new Set(answers.map(({ version }) => version))].sort();

test('a new version goes step by step: each caller stays on one, none is dropped, the state tells the share', async () => {
  await promote('v1.0.0');
  const agent = await up();
  const { answers } = ask();
  await promote('v1.1.0', canaryOf('20:4s, 60:1s', 'requests 20'));
  await agent.until('canary', 'v1.1.0');
  const began = answers.length;
  expect(production()).toMatchObject({
    version: 'v1.0.0',
    refused: null,
    canary: { version: 'v1.1.0', weight: 20, step: 1, steps: 2, seconds: 4, paused: false },
  });
  await sleep(700);
  const first = answers.slice(began + 8, answers.length);
  const table = agentTable(readAgentState(workspace)!, new Date());
  expect(table).toMatch(/canary v1\.1\.0: 20 %, step 1 of 2/);
  const switched = await agent.until('switched', 'v1.1.0');
  await sleep(200);

  const callers = Map.groupBy(first, ({ caller }) => caller);
  for (const own of callers.values()) expect(versionsOf(own)).toHaveLength(1);
  const share = first.filter(({ version }) => version === 'v1.1.0').length / first.length;
  expect(share).toBeGreaterThan(0.05);
  expect(share).toBeLessThan(0.45);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(versionsOf(answers.slice(-8))).toEqual(['v1.1.0']);
  expect(
    agent.events.flatMap((event) => (event.event === 'canary' ? [[event.what, event.weight]] : [])),
  ).toEqual([
    ['begins', 20],
    ['next step', 60],
  ]);
  expect(switched).toMatchObject({ from: 'v1.0.0', canary: { failed: 0, shadow: null } });
  expect(switched.canary!.requests).toBeGreaterThan(40);
  expect(production()).toMatchObject({ version: 'v1.1.0', canary: null });
});

test('what the new version can not answer the old one does, and the canary goes back with the reasons', async () => {
  await promote('v1.0.0');
  const agent = await up();
  const { answers, stop } = ask();
  await promote('v1.2.0', canaryOf('30:1h', 'errors 2%, requests 20'));
  const refused = await agent.until('refused', 'v1.2.0');
  await sleep(200);
  const after = answers.length;
  await sleep(200);
  await stop();
  expect(refused.kept).toBe('v1.0.0');
  const [, failed, asked] =
    /^(\d+) of (\d+) requests fail on it that the old version answers \(at most 2 %\)$/.exec(
      refused.reasons[0]!,
    ) ?? [];
  expect(refused.reasons[1]).toMatch(/^\d+ × "carrier" is "ZZ", a category the model was not trained with$/);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  // Where the first two that it was asked were both such requests, that was enough, and it answered nobody.
  const answered = Number(asked) > Number(failed) ? ['v1.2.0'] : [];
  expect(versionsOf(answers)).toEqual(['v1.0.0', ...answered]);
  expect(versionsOf(answers.slice(after))).toEqual(['v1.0.0']);
  expect(production()).toMatchObject({ version: 'v1.0.0', canary: null, refused: { version: 'v1.2.0' } });

  // An agent that starts again does not try it on clients again.
  const { time } = production().refused!;
  await agent.end('SIGKILL');
  const next = await up();
  expect(production().refused).toMatchObject({ version: 'v1.2.0', reasons: refused.reasons, time });
  expect(next.events.map(({ event }) => event)).toEqual(['started', 'adopted', 'refused', 'ready']);
  expect(readAgentState(workspace)!.servers).toHaveLength(1);
});

test('scores that are distributed differently, and answers that are too slow, stop it too', async () => {
  await promote('v1.0.0');
  const agent = await up();
  ask();
  await promote('v1.3.0', canaryOf('50:1h', 'psi 0.2, requests 20'));
  const other = await agent.until('refused', 'v1.3.0');
  expect(other.reasons).toEqual([
    expect.stringMatching(
      /^its scores are distributed differently: stability index \d+(\.\d+)? \(at most 0\.2, and /,
    ),
  ]);
  await promote('v1.1.0', canaryOf('50:1h', 'p99 0.01ms, requests 20'));
  const slow = await agent.until('refused', 'v1.1.0');
  expect(slow.reasons).toEqual([
    expect.stringMatching(/^p99 latency \d+(\.\d+)? ms \(at most 0\.01 ms; \d+ of /),
  ]);
});

test('a canary whose server dies goes back, and no client notices', async () => {
  await promote('v1.0.0');
  const agent = await up();
  const { answers, stop } = ask();
  await promote('v1.1.0', canaryOf('50:1h', 'errors 90%, requests 20'));
  await agent.until('canary', 'v1.1.0');
  await sleep(300);
  process.kill(production().canary!.serverPid, 'SIGKILL');
  const { reasons, kept } = await agent.until('refused', 'v1.1.0');
  await sleep(200);
  await stop();
  expect({ reasons, kept }).toEqual({ reasons: ['its server ended'], kept: 'v1.0.0' });
  expect(versionsOf(answers)).toEqual(['v1.0.0', 'v1.1.0']);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test('a shadow answers nobody, and what its answers were like is told at the switch', async () => {
  await promote('v1.0.0');
  const agent = await up();
  const { answers } = ask();
  await promote('v1.1.0', { 'lockstep/shadow': 'true', 'lockstep/canary-checks': 'requests 60' });
  await agent.until('canary', 'v1.1.0');
  const switched = await agent.until('switched', 'v1.1.0');
  const { shadow, requests } = switched.canary!;
  expect(requests).toBeGreaterThanOrEqual(60);
  expect(shadow).toMatchObject({ asked: requests, failed: 0, leftOut: 0, differ: requests });
  expect(shadow!.largestDifference).toBeGreaterThan(0.0001);
  expect(shadow!.largestDifference).toBeLessThan(0.01);
  for (const until = Date.now() + 5_000; !versionsOf(answers).includes('v1.1.0') && Date.now() < until; )
    await sleep(20);
  const turn = answers.findIndex(({ version }) => version === 'v1.1.0');
  expect(turn).toBeGreaterThan(60);
});

test('outcomes that get worse stop it', async () => {
  await promote('v1.0.0');
  const agent = await up();
  const { url } = production();
  await promote(
    'v1.1.0',
    canaryOf('50:1h', 'outcome 0.1, requests 20', { 'lockstep/canary-by': 'x-request-id' }),
  );
  await agent.until('canary', 'v1.1.0');
  const outcomes = join(workspace.root, '.lockstep/agent/toy/production/outcomes.jsonl');
  const askAndTell = async (count: number, good: { old: number; new: number }) => {
    for (let turn = 0; turn < count; turn++) {
      const id = `order-${count}-${turn}`;
      const { answer } = await predict(url, { distance: turn * 20, headers: { 'x-request-id': id } });
      const share = answer.version === 'v1.0.0' ? good.old : good.new;
      appendFileSync(outcomes, `${JSON.stringify({ id, value: turn % 10 < share * 10 ? 1 : 0 })}\n`);
    }
  };
  await askAndTell(60, { old: 0.5, new: 0.5 });
  const known = () => production().canary?.outcomes ?? null;
  const counted = () => (known() === null ? 0 : known()!.old.count + known()!.new.count);
  for (const until = Date.now() + 10_000; counted() < 60 && Date.now() < until; ) await sleep(50);
  expect(counted()).toBe(60);
  const { difference, old, new: now } = known()!;
  expect(difference!.value).toBeCloseTo(now.mean - old.mean);
  expect(difference!.interval[0]).toBeLessThan(difference!.value);
  await askAndTell(200, { old: 0.9, new: 0.4 });
  const { reasons } = await agent.until('refused', 'v1.1.0');
  expect(reasons).toEqual([
    expect.stringMatching(
      /^its outcomes are worse: mean 0\.\d+ of \d+, the old version's 0\.\d+ of \d+ \(at most 0\.1 lower\)$/,
    ),
  ]);
});

test('killed in the middle, the next agent begins the same step again, on a server it tried anew', async () => {
  await promote('v1.0.0');
  const agent = await up();
  ask();
  await promote('v1.1.0', canaryOf('10:100ms, 50:1h', 'requests 5'));
  for (const until = Date.now() + 20_000; production().canary?.step !== 2 && Date.now() < until; )
    await sleep(20);
  const before = production();
  await Promise.all(clients.splice(0).map((client) => client.stop()));
  await agent.end('SIGKILL');
  const next = await up();
  const continued = (await next.until('canary', 'v1.1.0')) as AgentEvent & { event: 'canary' };
  expect(continued).toMatchObject({ what: 'continues', weight: 50, step: 2 });
  const after = production();
  expect(after.serverPid).toBe(before.serverPid);
  expect(after.canary!.serverPid).not.toBe(before.canary!.serverPid);
  expect(after.canary).toMatchObject({ step: 2, requests: 0 });
  expect(readAgentState(workspace)!.servers).toHaveLength(2);
});

test('a rollback in the middle is whole at once, and so is one to an older version', async () => {
  await promote('v1.0.0');
  const agent = await up();
  ask();
  const annotations = canaryOf('30:1h', 'requests 20');
  await promote('v1.1.0', annotations);
  await agent.until('canary', 'v1.1.0');
  await promote('v1.0.0', annotations);
  for (const until = Date.now() + 20_000; production().canary !== null && Date.now() < until; )
    await sleep(20);
  expect(production()).toMatchObject({ version: 'v1.0.0', canary: null, refused: null });
  await promote('v1.1.0');
  await agent.until('switched', 'v1.1.0');
  const seen = agent.events.length;
  await promote('v1.0.0', annotations);
  await agent.until('switched', 'v1.0.0', seen);
  expect(agent.events.slice(seen).map(({ event }) => event)).toEqual(['switched']);
});
