import { collectGarbage, type GcReport } from '../commands/gc.ts';
import type { LocalGc, RemoteGc, Tally } from '../data/index.ts';
import { amount } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './invocation.ts';

export const command: Command = {
  name: 'data gc',
  summary: 'show what nobody needs in the local store or the remote, and remove it with --apply',
  positionals: '',
  options: {
    remote: { type: 'boolean' },
    apply: { type: 'boolean' },
    now: { type: 'boolean' },
    history: { type: 'string' },
    'runs-older-than': { type: 'string' },
  },
  help: {
    remote: 'the remote instead of the local store; in two steps, an hour apart',
    apply: 'remove (default: show the plan)',
    now: 'with --remote: remove at once, when nobody pushes meanwhile',
    history: "also keep so many days of the default branch's history, or all of every branch's (default: 90)",
    'runs-older-than': 'let go what only older runs name (default: 30d)',
  },
  async run({ workspace, values }) {
    const report = await collectGarbage(workspace, {
      remote: values.remote === true,
      apply: values.apply === true,
      immediately: values.now === true,
      history: values.history === 'all' ? 'all' : days(values.history, 'history', 90),
      runs: days(values['runs-older-than'], 'runs-older-than', 30),
    });
    return { json: report, text: textOf(report) };
  },
};

function days(value: unknown, name: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  const match = /^(\d{1,5})d?$/.exec(String(value));
  if (match) return Number(match[1]);
  throw new UsageError(`--${name} takes a number of days, not "${String(value)}" (lockstep data gc --help)`);
}

const textOf = (report: GcReport): string =>
  'local' in report ? localText(report.local) : remoteText(report.remote);

const kept = (tally: Tally): string[] =>
  Object.entries(tally).map(([why, { objects, bytes }]) => `  keeps ${shown({ objects, bytes })}: ${why}`);

const shown = ({ objects, bytes }: { readonly objects: number; readonly bytes: number }): string =>
  `${objects === 1 ? '1 object' : `${amount(objects, 'count')} objects`} (${amount(bytes, 'bytes')})`;

function localText({ applied, kept: tally, removed, packs }: LocalGc): string {
  const { dropped, rewritten } = packs;
  const of = dropped + rewritten > 0 ? `; ${dropped} packs go, ${rewritten} are written anew` : '';
  const head = `the local store: ${shown(removed)} ${applied ? 'removed' : 'that nobody needs'}${of}`;
  return [
    head,
    ...kept(tally),
    ...(applied || removed.objects === 0 ? [] : ['nothing is removed yet: add --apply']),
  ].join('\n');
}

function remoteText({ remote, applied, kept: tally, unneeded, removed, doomed, unknown }: RemoteGc): string {
  const waits = doomed && `${shown(doomed)} can go from ${doomed.due} on, by the same command`;
  return [
    `${remote}: nobody needs ${shown(unneeded)}`,
    ...kept(tally),
    ...(unknown.length > 0
      ? [
          `  not all there: ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''}`,
        ]
      : []),
    ...(removed.objects > 0
      ? [`${shown(removed)} ${applied ? 'removed' : 'would be removed with --apply'}`]
      : []),
    ...(waits ? [applied ? waits : `with --apply, ${waits}`] : []),
  ].join('\n');
}
