import { LockstepError } from '../../workspace/index.ts';

const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * The moment that a person names: `2026-11-21` is the end of that day, `2026-11-21 14:05` and
 * `2026-11-21T14:05:00+01:00` are themselves; without a zone it is UTC, as `history` prints times. Never later than
 * now. Errors: E_USAGE.
 */
export function parseMoment(text: string, now: Date): Date {
  const [, day, minutes, seconds, zone] = form.exec(text.trim()) ?? [];
  const moment = new Date(
    minutes === undefined ? `${day}T23:59:59.999Z` : `${day}T${minutes}${seconds ?? ':00'}${zone ?? 'Z'}`,
  );
  const begins = minutes === undefined ? new Date(`${day}T00:00:00Z`) : moment;
  // `new Date` takes 30 February for 2 March.
  const exists =
    !Number.isNaN(begins.getTime()) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day!);
  if (exists && begins <= now) return moment < now ? moment : now;
  throw new LockstepError('E_USAGE', {
    what: exists ? `${text} is yet to come` : `"${text}" is no date`,
    allowed:
      'a day or a moment of the past, such as 2026-11-21, 2026-11-21T14:05Z or 2026-11-21T14:05:00+01:00',
    fix: 'lockstep history --at 2026-11-21',
  });
}
