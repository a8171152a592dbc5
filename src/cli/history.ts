import { type HistoryEvent, historyAt, historyOf, parseMoment } from '../gitops/index.ts';
import type { Command } from './command.ts';
import { describeMoment } from './history-at.ts';
import { UsageError } from './invocation.ts';

export const command: Command = {
  name: 'history',
  summary: 'show who did what to a model, when, and on which evidence; or what was where at a date',
  positionals: '[model]',
  options: { at: { type: 'string' } },
  help: {
    at: 'what was where at that moment, of all models or one: a day (its end) or a time, UTC unless it has a zone',
  },
  async run({ workspace, positionals, values }) {
    const [model] = positionals;
    if (typeof values.at === 'string') {
      const then = await historyAt(workspace, parseMoment(values.at, new Date()), model);
      return { json: then, text: describeMoment(then) };
    }
    if (model === undefined)
      throw new UsageError('lockstep history needs a model, or --at <date> (lockstep history --help)');
    const events = await historyOf(workspace, model);
    return { json: { model, events }, text: events.map(describe).join('\n') };
  },
};

function describe({
  event,
  time,
  by,
  version,
  environment,
  from,
  evaluation,
  reason,
  tag,
  commit,
}: HistoryEvent): string {
  const evidence = evaluation ? `, evaluation ${evaluation.slice(0, 19)}…` : '';
  const was = from ? ` (was ${from})` : '';
  const what = {
    registration: `${version} registered as ${tag}`,
    promotion: `${version} to ${environment}${was}${evidence}, ${tag}`,
    rollback: `${environment} back to ${version}${was}${evidence}, ${tag}: ${reason}`,
    hold: `${version} held: ${reason}`,
    release: `${version} no longer held: ${reason}`,
    request: `${tag} asks for ${version ?? 'an unregistered commit'} in ${environment}`,
    refusal: `${tag} refuses ${version ?? 'an unregistered commit'} in ${environment}: ${reason}`,
    'by hand': `commit ${commit.slice(0, 12)} by hand: ${reason}`,
  }[event];
  return `${time.slice(0, 19).replace('T', ' ')}  ${by.replace(/ <.*>$/, '')}  ${what}`;
}
