import {
  type AgentEvent,
  type AgentState,
  type AskGolden,
  agentTable,
  eventText,
  findSource,
  readWantedHere,
  startAgent,
} from '../gitops/index.ts';
import { askGolden } from '../serving/index.ts';
import { checkEnvironment } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './invocation.ts';
import { openLiveTable } from './live-table.ts';

export const command: Command = {
  name: 'up',
  summary: 'keep model servers matching the branch of environments, until Ctrl-C',
  positionals: '',
  options: {
    remote: { type: 'string' },
    branch: { type: 'string' },
    'port-base': { type: 'string' },
    poll: { type: 'string' },
    in: { type: 'string' },
  },
  help: {
    remote: 'Git remote to read the branch from (default: origin, or this repository when it has no remote)',
    branch: 'branch of environments (default: as in lockstep.yaml)',
    'port-base': "first of the environments' ports (default: free ones, kept from then on)",
    poll: 'seconds between two looks at the branch (default 1)',
    in: 'one environment only (default: all of the branch)',
  },
  async run({ workspace, values, json }) {
    const source = await findSource(workspace, { remote: text(values.remote), branch: text(values.branch) });
    const portBase = number('port-base', text(values['port-base']), 1, 65_000);
    const only = text(values.in);
    if (only !== undefined) checkEnvironment(workspace.configuration, only);
    const seconds = number('poll', text(values.poll), 0.1, 3_600) ?? 1;
    let state: () => AgentState | null = () => null;
    const table = openLiveTable(process.stdout, () => {
      const now = state();
      return now === null ? '' : agentTable(now, new Date());
    });
    const report = (event: AgentEvent) => {
      if (event.event === 'stopped') return; // The command's own last line.
      if (json) process.stdout.write(`${JSON.stringify({ ...event, time: new Date().toISOString() })}\n`);
      else table.line(eventText(event));
    };
    const asked = askedToStop();
    const agent = await startAgent(workspace, {
      ...source,
      readWanted: readWantedHere(only === undefined ? {} : { only }),
      askGolden: askGolden as AskGolden,
      report,
      pollMs: seconds * 1000,
      ...(portBase === undefined ? {} : { portBase }),
    });
    state = agent.state;
    const drawing = setInterval(() => json || table.draw(), 1000);
    await asked;
    clearInterval(drawing);
    table.end();
    await agent.stop();
    return {
      json: { event: 'stopped', time: new Date().toISOString() },
      text: eventText({ event: 'stopped' }),
    };
  },
};

/** Ctrl-C, a polite kill, a closed terminal, or the end of the process that started us. */
const askedToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function number(name: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const found = Number(value);
  if (value.trim() !== '' && found >= least && found <= most) return found;
  throw new UsageError(`--${name} ${value} — a number from ${least} to ${most} is allowed`);
}
