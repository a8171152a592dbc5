import { type Digest, digestOfJson, LockstepError, type Source, sourceKinds } from '../../workspace/index.ts';
import { checkPath, keyFaultOf } from '../lock/dataset-path.ts';

export type SourceKind = (typeof sourceKinds)[number];

/** A source of `lockstep.yaml`, with its day filled in. */
export interface DatedSource {
  /** Of the dataset, as in data.lock. */
  readonly key: string;
  readonly kind: SourceKind;
  /** The address, query or command, `{date}` filled in. */
  readonly asked: string;
  /** The UTC day (YYYY-MM-DD); null where the source has no day in it. */
  readonly date: string | null;
  /** Of what decides the bytes, before the day is filled in. */
  readonly digest: Digest;
  readonly declared: Source;
}

const file = 'lockstep.yaml';

/** `day`: instead of the declared one. Errors: E_PATH_*, E_CONFIG_VALUE. */
export function dateSource(
  key: string,
  declared: Source,
  { day, now = new Date() }: { readonly day?: string | undefined; readonly now?: Date },
): DatedSource {
  checkPath(key, { file }, keyFaultOf);
  const kind = sourceKinds.find((name) => declared[name] !== undefined)!;
  const template = declared[kind]!;
  checkFits(key, kind);
  // A command may ask for the day by its variable.
  const dated = kind === 'command' || `${template}${declared.from ?? ''}`.includes('{date}');
  const date = dated ? dayOf(day ?? declared.date ?? 'today', now) : null;
  const { from = null, env = [] } = declared;
  return {
    key,
    kind,
    asked: date === null ? template : template.replaceAll('{date}', date),
    date,
    digest: digestOfJson({ kind, template, from, env }),
    declared,
  };
}

function checkFits(key: string, kind: SourceKind): void {
  const folder = key.endsWith('/');
  if (kind === 'sql' ? key.endsWith('.parquet') : !folder || kind !== 'url') return;
  throw new LockstepError('E_CONFIG_VALUE', {
    what: `the source of "${key}" is ${kind === 'sql' ? 'a query' : 'one file'}`,
    where: { file },
    allowed: kind === 'sql' ? 'a key that ends in .parquet' : 'a key that does not end in /',
    fix: 'rename the dataset',
  });
}

const oneDay = 86_400_000;

/** Errors: E_CONFIG_VALUE for a day that no calendar has. */
export function dayOf(text: string, now: Date): string {
  if (text === 'today') return now.toISOString().slice(0, 10);
  if (text === 'yesterday') return new Date(now.getTime() - oneDay).toISOString().slice(0, 10);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isFinite(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new LockstepError('E_CONFIG_VALUE', {
    what: `the date "${text}"`,
    allowed: 'today, yesterday or a day as YYYY-MM-DD',
    fix: 'name a day of the calendar',
  });
}

/** Whether `data refresh --scheduled` takes a source on this day (UTC). It needs no memory of earlier runs. */
export function isDue({ schedule = 'daily' }: Source, now: Date): boolean {
  if (schedule === 'weekly') return now.getUTCDay() === 1;
  if (schedule === 'monthly') return now.getUTCDate() === 1;
  return schedule === 'daily';
}
