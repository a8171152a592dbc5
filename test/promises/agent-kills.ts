import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readAgentState } from '../../src/gitops/index.ts';
import { type AgentProcess, type AgentWorld, makeAgentWorld, spawnAgent } from '../agent-world.ts';
import { type Asked, type ConstantRequests, sendConstantly } from '../constant-requests.ts';
import { type Named, wrongVersions } from '../version-order.ts';

/*
 * Servers of the local agent are killed at random under constant requests, while versions are promoted and rolled back:
 *   node test/promises/agent-kills.ts [--seconds 300] [--rate 50]
 * Then the agent itself is killed, which is measured apart, for its front goes with it.
 */

const bar = 0.999;
const good = ['v1.0.0', 'v1.1.0', 'v1.2.0'];
/** Never ready: its golden requests are answered otherwise than they should be. */
const bad = 'v1.9.0';
const agentKillCount = 3;
const downMs = 1_000;

export interface KillPlan {
  /** How long servers are killed. */
  readonly seconds: number;
  /** Requests to production a second. */
  readonly rate: number;
}

export async function agentKills({ seconds, rate }: KillPlan): Promise<{ holds: boolean; line: string }> {
  await using world = await makeAgentWorld();
  for (const [bias, version] of good.entries()) await world.release(version, { bias });
  await world.release(bad, { wrong: 0.25 });
  await world.promote(foldersOf('v1.0.0', 'v1.0.0'));
  const agents = [spawnAgent(world.workspace)];
  await agents[0]!.until('ready');
  const { url } = readAgentState(world.workspace)!.environments['toy/production']!;
  const requests = sendConstantly({ url, rate });
  try {
    const named: Named[] = [{ version: 'v1.0.0', from: 0 }];
    const counts = await killServers(world, requests, named, seconds);
    const converged = await converges(requests, named.at(-1)!.version);
    const during = requests.asked.length;
    const gaps = await killAgents(world, agents, requests);
    await requests.stop();
    const servers = judge(requests.asked.slice(0, during), named);
    const agent = judge(requests.asked.slice(during), [named.at(-1)!]);
    const unanswered = [...servers.failures].map(([outcome, count]) => `${count} × ${outcome}`).join(', ');
    const line = [
      `agent: ${seconds} s at ${rate} requests a second, ${counts.killed} servers killed, ${counts.promoted} folders changed:`,
      `${servers.answered} of ${servers.asked} answered (${percent(servers.share)}, at least ${percent(bar)}${unanswered === '' ? '' : `; ${unanswered}`}),`,
      `${servers.wrong} by a wrong version, slowest ${Math.round(servers.slowest)} ms, ${converged ? 'converged' : 'did NOT converge'};`,
      `agent killed ${gaps.length} times and started again ${downMs} ms later:`,
      `${agent.asked - agent.answered} of ${agent.asked} connections refused or broken, at most ${Math.round(Math.max(...gaps))} ms without an answer, ${agent.wrong} by a wrong version`,
    ].join(' ');
    return { holds: servers.share >= bar && servers.wrong + agent.wrong === 0 && converged, line };
  } finally {
    await requests.stop();
    await agents.at(-1)!.end('SIGTERM');
  }
}

const foldersOf = (production: string, staging: string) => ({
  production: { version: production, spare: true },
  staging: { version: staging },
});

/** Two things go on at once until the time is over: servers die, and folders change. */
async function killServers(
  world: AgentWorld,
  requests: ConstantRequests,
  named: Named[],
  seconds: number,
): Promise<{ killed: number; promoted: number }> {
  const until = requests.now() + seconds * 1000;
  let [killed, promoted] = [0, 0];
  const killing = async () => {
    for (; requests.now() < until; await sleep(between(300, 3_000))) {
      const servers = readAgentState(world.workspace)?.servers ?? [];
      if (servers.length > 0 && kill(any(servers).pid)) killed++;
    }
  };
  const promoting = async () => {
    for (; requests.now() < until; await sleep(between(1_500, 6_000))) {
      // What is refused stays in the folder until the next one, as after a real refusal.
      const version = Math.random() < 0.15 ? bad : any(good);
      named.push({ version, from: requests.now() });
      await world.promote(foldersOf(version, any(good)));
      promoted++;
    }
    named.push({ version: 'v1.1.0', from: requests.now() });
    await world.promote(foldersOf('v1.1.0', 'v1.1.0'));
  };
  await Promise.all([killing(), promoting()]);
  return { killed, promoted };
}

async function converges(requests: ConstantRequests, version: string): Promise<boolean> {
  for (const until = requests.now() + 30_000; requests.now() < until; await sleep(50)) {
    const last = requests.asked.slice(-5);
    if (last.length === 5 && last.every((asked) => asked.version === version)) return true;
  }
  return false;
}

/** How long nobody was answered, for each time. */
async function killAgents(
  { workspace }: AgentWorld,
  agents: AgentProcess[],
  requests: ConstantRequests,
): Promise<number[]> {
  const gaps: number[] = [];
  for (let turn = 0; turn < agentKillCount; turn++) {
    const began = requests.now();
    await agents.at(-1)!.end('SIGKILL');
    await sleep(downMs);
    agents.push(spawnAgent(workspace));
    await agents.at(-1)!.until('ready');
    await sleep(1_000);
    const answers = requests.asked.filter(({ version, end }) => version !== null && end >= began);
    const ends = [...answers.map(({ end }) => end).sort((a, b) => a - b), requests.now()];
    gaps.push(Math.max(...ends.map((end, at) => end - (ends[at - 1] ?? began))));
  }
  return gaps;
}

function judge(asked: readonly Asked[], named: readonly Named[]) {
  const answers = asked.filter(({ outcome }) => outcome === 200);
  const rest = asked.filter(({ outcome }) => outcome !== 200);
  const never = asked.filter(({ version }) => version === bad).length;
  return {
    asked: asked.length,
    answered: answers.length,
    share: answers.length / asked.length,
    failures: new Map(
      [...Map.groupBy(rest, ({ outcome }) => outcome)].map(([key, list]) => [key, list.length]),
    ),
    wrong: wrongVersions(asked, named).length + never,
    slowest: Math.max(0, ...answers.map(({ start, end }) => end - start)),
  };
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // It ended by itself meanwhile.
  }
}

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;
const between = (least: number, most: number): number => least + Math.random() * (most - least);
const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;

if (import.meta.main) {
  const options = {
    seconds: { type: 'string', default: '300' },
    rate: { type: 'string', default: '50' },
  } as const;
  const { values } = parseArgs({ options });
  const { holds, line } = await agentKills({ seconds: Number(values.seconds), rate: Number(values.rate) });
  process.stdout.write(`${holds ? 'holds' : 'MISSED'}  ${line}\n`);
  process.exitCode = holds ? 0 : 1;
}
