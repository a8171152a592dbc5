import { canaryText, reportText } from './canary/state.ts';
import type { AgentEvent } from './events.ts';
import type { AgentState, EnvironmentState } from './state.ts';

/** One line a person reads in a log; empty for what a person need not know. */
export function eventText(event: AgentEvent): string {
  switch (event.event) {
    case 'started':
      return `Watching ${event.branch}${event.remote === null ? '' : ` of ${event.remote}`}. Ctrl-C stops every server.`;
    case 'ready': {
      const count = Object.keys(event.environments).length;
      return count === 0
        ? 'No environment runs anything yet: the first promotion will.'
        : `${count} environment${count === 1 ? '' : 's'} dealt with.`;
    }
    case 'switched': {
      const replayed = event.replayed === null ? '' : `, ${event.replayed} answered requests replayed`;
      const from = event.from === null ? '' : ` (before: ${event.from})`;
      const tried = event.canary === null ? '' : `; ${reportText(event.canary)}`;
      return `${place(event)} runs ${event.version}${from} at ${event.url}, golden ${event.golden.equal} of ${event.golden.asked}${replayed}${tried}`;
    }
    case 'canary': {
      const { what, version, weight, step, steps, by } = event;
      return `${place(event)}: canary ${version} ${what}: ${weight} % of the requests, step ${step} of ${steps}${by === null ? '' : ` (${by})`}`;
    }
    case 'refused': {
      const what = event.version === null ? 'refuses its folder' : `refuses ${event.version}`;
      const kept = event.kept === null ? 'nothing answers' : `${event.kept} goes on answering`;
      return [`${place(event)} ${what}; ${kept}:`, ...event.reasons.map((reason) => `  ${reason}`)].join(
        '\n',
      );
    }
    case 'adopted':
      return `${place(event)} still runs ${event.version} at ${event.url}`;
    case 'died':
      return `${place(event)}: the server of ${event.version} died; starting it again`;
    case 'restarted':
      return `${place(event)} runs ${event.version} again`;
    case 'kept':
      return `${place(event)}: the folder asks for ${event.version} again, which runs`;
    case 'removed':
      return `${place(event)} was removed; its server is stopped`;
    case 'unreachable':
      return `What runs goes on, but the branch can't be followed: ${event.message}`;
    case 'stopped':
      return 'Every server is stopped.';
  }
}

const place = ({ model, environment }: { model: string; environment: string }): string =>
  `${model} ${environment}`;

/** What runs where, as a table for a terminal; `now` for how long it has. */
export function agentTable({ environments }: AgentState, now: Date): string {
  const rows = Object.values(environments).map((entry) => [
    entry.model,
    entry.environment,
    entry.version ?? '–',
    entry.version === null ? '–' : entry.url,
    entry.golden === null ? '–' : `${entry.golden.equal}/${entry.golden.asked}`,
    entry.since === null ? '–' : duration(now.getTime() - Date.parse(entry.since)),
    remark(entry),
  ]);
  const table = [['model', 'environment', 'version', 'url', 'golden', 'for', ''], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const remark = ({ refused, canary }: EnvironmentState): string =>
  refused === null
    ? canary
      ? canaryText(canary)
      : ''
    : `refused ${refused.version ?? 'its folder'}: ${refused.reasons[0] ?? ''}`.slice(0, 80);

function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
