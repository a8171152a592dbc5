import type { Limits } from './comment.ts';
import { inert, inertCode } from './inert-text.ts';
import { type Detail, more, table } from './markdown-parts.ts';
import { bytesText, plural, secondsText } from './numbers.ts';
import type { DataChange, ReportInput } from './report-input.ts';

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
      more(data.length, shown.length, 'dataset'),
  };
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
