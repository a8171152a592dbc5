import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readAgentState } from '../../src/gitops/index.ts';
import { makeAgentWorld, spawnAgent } from '../../test/agent-world.ts';
import { sendConstantly } from '../../test/constant-requests.ts';
import { type Named, wrongVersions } from '../../test/version-order.ts';

/*
 * Requests dropped while versions are switched under constant requests: the agent, its front and both versions'
 * servers on one core, the client on another.
 *   node bench/promotion/switch.ts [--rate 500] [--switches 5] [--seconds 4]
 */

export interface SwitchPlan {
  /** Requests a second, sent when due. */
  readonly rate: number;
  readonly switches: number;
  /** Between two switches. */
  readonly seconds: number;
}

export interface SwitchFigures {
  readonly asked: number;
  /** Broken, refused, or with another status than 200. */
  readonly dropped: number;
  readonly wrongVersion: number;
  readonly switches: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** Whether the agent and its servers had one core to themselves. */
  readonly oneCore: boolean;
}

export async function measureSwitch({ rate, switches, seconds }: SwitchPlan): Promise<SwitchFigures> {
  await using world = await makeAgentWorld();
  const versions = ['v1.0.0', 'v1.1.0'];
  for (const [bias, version] of versions.entries()) await world.release(version, { bias });
  await world.promote({ production: { version: versions[0]! } });
  const oneCore = availableParallelism() >= 2 && spawnSync('taskset', ['--version']).status === 0;
  const agent = spawnAgent(world.workspace, oneCore ? ['taskset', '--cpu-list', '0'] : []);
  if (oneCore) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '1', String(process.pid)]);
  try {
    await agent.until('ready');
    const { url } = readAgentState(world.workspace)!.environments['toy/production']!;
    const requests = sendConstantly({ url, rate });
    const named: Named[] = [{ version: versions[0]!, from: 0 }];
    await sleep(seconds * 1000);
    for (let turn = 1; turn <= switches; turn++) {
      const version = versions[turn % 2]!;
      const seen = agent.events.length;
      named.push({ version, from: requests.now() });
      await world.promote({ production: { version } });
      await agent.until('switched', version, seen);
      await sleep(seconds * 1000);
    }
    await requests.stop();
    const { asked } = requests;
    const answered = asked.filter(({ outcome }) => outcome === 200);
    const times = Float64Array.from(answered, ({ start, end }) => end - start).sort();
    const quantile = (share: number) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
    return {
      asked: asked.length,
      dropped: asked.length - answered.length,
      wrongVersion: wrongVersions(asked, named).length,
      switches,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      slowestMs: quantile(1),
      oneCore,
    };
  } finally {
    await agent.end('SIGTERM');
    if (oneCore) {
      const all = `0-${availableParallelism() - 1}`;
      spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', all, String(process.pid)]);
    }
  }
}

export function switchLine(figures: SwitchFigures, rate: number): string {
  const { asked, dropped, wrongVersion, switches, p50Ms, p99Ms, slowestMs, oneCore } = figures;
  const [p50, p99, slowest] = [p50Ms, p99Ms, slowestMs].map((ms) => ms.toFixed(1));
  return `${switches} switches at ${rate} requests a second${oneCore ? ' on one core' : ''}: ${dropped} of ${asked} dropped, ${wrongVersion} by a wrong version; p50 ${p50} ms, p99 ${p99} ms, slowest ${slowest} ms`;
}

if (import.meta.main) {
  const options = {
    rate: { type: 'string', default: '500' },
    switches: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
  } as const;
  const { values } = parseArgs({ options });
  const plan = {
    rate: Number(values.rate),
    switches: Number(values.switches),
    seconds: Number(values.seconds),
  };
  const figures = await measureSwitch(plan);
  process.stdout.write(`${switchLine(figures, plan.rate)}\n`);
  process.exitCode = figures.dropped + figures.wrongVersion === 0 ? 0 : 1;
}
