import type { Limits } from './comment.ts';
import { inert, inertCode } from './inert-text.ts';
import { type Detail, more, table } from './markdown-parts.ts';
import { bytesText, countText, plural, secondsText } from './numbers.ts';
import type { DataChange, DataInside, ReportInput } from './report-input.ts';

/** Datasets whose entry in data.lock changed. */
export function dataSection({ data }: Pick<ReportInput, 'data'>, limit: Limits): Detail | null {
  if (data === null || data.length === 0) return null;
  const shown = data.slice(0, limit.data);
  const rows = shown.map((change) => [
    inertCode(change.key, limit.text),
    changeWord(change),
    change.before ? sizeAndDigest(change.before) : '',
    change.after ? sizeAndDigest(change.after) : '',
  ]);
  return {
    name: plural(data.length, 'changed dataset'),
    body:
      table(['Dataset', '', 'Before', 'After'], rows, ['l', 'l', 'l', 'l']) +
      more(data.length, shown.length, 'dataset') +
      insideText(shown, limit),
  };
}

function insideText(shown: readonly DataChange[], limit: Limits): string {
  const lines = shown.flatMap(({ key, inside }) => {
    const words = inside === undefined ? [] : insideWords(inside, limit);
    return words.length === 0 ? [] : [`- ${inertCode(key, limit.text)}: ${words.join('; ')}`];
  });
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`;
}

function insideWords({ files, rows, columns, moved, unread }: DataInside, limit: Limits): string[] {
  const names = (all: readonly string[]) => {
    const some = all.slice(0, limit.data).map((name) => inertCode(name, 60));
    return `${some.join(', ')}${all.length > some.length ? ` and ${all.length - some.length} more` : ''}`;
  };
  const counted = Object.entries(files ?? {}).filter(([, count]) => count > 0);
  const told = (what: string, all: readonly string[] = []) =>
    all.length === 0 ? [] : [`${what} ${names(all)}`];
  return [
    ...(counted.length > 0
      ? [`files ${counted.map(([what, count]) => `${countText(count)} ${what}`).join(', ')}`]
      : []),
    ...(rows ? [rowsText(rows)] : []),
    ...told('columns added:', columns?.added),
    ...told('columns gone:', columns?.removed),
    ...told('type changed:', columns?.retyped),
    ...(columns && columns.unnamed > 0
      ? [`${plural(columns.unnamed, 'changed column')} that no model.yaml names`]
      : []),
    ...(moved ? [movedText(moved, limit)] : []),
    ...(unread === undefined ? [] : [inert(unread, limit.text)]),
  ];
}

function rowsText({ before, after, added, removed }: NonNullable<DataInside['rows']>): string {
  const which =
    added === undefined || removed === undefined
      ? ''
      : ` (${countText(added)} new, ${countText(removed)} gone)`;
  return `rows ${countText(before)} → ${countText(after)}${which}`;
}

function movedText({ compared, count, columns }: NonNullable<DataInside['moved']>, limit: Limits): string {
  if (count === 0) return 'no distribution moved';
  const some = columns
    .slice(0, limit.data)
    .map(({ column, stabilityIndex }) => `${inertCode(column, 60)} ${stabilityIndex.toFixed(2)}`);
  const named = some.length === 0 ? '' : ` (stability index: ${some.join(', ')})`;
  return `${countText(count)} of ${plural(compared, 'distribution')} moved${named}`;
}

export const changeWord = ({ before, after }: DataChange): string =>
  before && after ? 'changed' : after ? 'new' : 'gone';

const sizeAndDigest = ({ digest, size }: { digest: string; size: number }): string =>
  `${bytesText(size)} ${inertCode(digest.slice('sha256:'.length, 'sha256:'.length + 12))}`;

/** What ran and what a cache saved, by stage; `whose` says who ran them. */
export function stageSection(
  { stages }: Pick<ReportInput, 'stages'>,
  limit: Limits,
  whose: string,
): Detail | null {
  if (stages.length === 0) return null;
  const shown = stages.slice(0, limit.stages);
  const rows = shown.map(({ name, kind, seconds, why }) => [
    inertCode(name, 60),
    kind,
    secondsText(seconds),
    why === undefined ? '' : inert(why, limit.text),
  ]);
  const withWhy = shown.some(({ why }) => why !== undefined);
  const columns = withWhy ? 4 : 3;
  return {
    name: 'time',
    title: `${whose}: ${stagesText(stages)}`,
    body:
      table(
        ['Stage', '', 'Time', 'Why'].slice(0, columns),
        rows.map((row) => row.slice(0, columns)),
        ['l', 'l', 'r', 'l'],
      ) + more(stages.length, shown.length, 'stage'),
  };
}

/** `1 stage ran in 4.4 s, 1 came from the cache` */
function stagesText(stages: ReportInput['stages']): string {
  const ran = stages.filter(({ kind }) => kind === 'ran');
  if (ran.length === 0) return `nothing ran, ${plural(stages.length, 'stage')} came from the cache`;
  const seconds = ran.reduce((sum, stage) => sum + stage.seconds, 0);
  const cached = stages.length - ran.length;
  return `${plural(ran.length, 'stage')} ran in ${secondsText(seconds)}${cached > 0 ? `, ${cached} came from the cache` : ''}`;
}
