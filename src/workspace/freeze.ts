import { LockstepError, type Place } from './errors.ts';

/**
 * A time without promotions: a part of every week (`Fri 16:00` to `Mon 08:00`, the end not included), or days of one year
 * (`2026-12-20` to `2027-01-02`, the last included).
 */
export interface Freeze {
  readonly from: string;
  readonly to: string;
  /** IANA time zone; UTC unless stated. */
  readonly zone?: string;
  readonly reason?: string;
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Errors: E_CONFIG_VALUE. */
export function checkFreeze({ from, to, zone = 'UTC' }: Freeze, where: Place | undefined): void {
  const refuse = (what: string, allowed: string) => {
    throw new LockstepError('E_CONFIG_VALUE', { what, where, allowed });
  };
  if (isDate(from) !== isDate(to))
    refuse(`a freeze from ${from} to ${to}`, 'two days with times, or two dates');
  if (isDate(from) && from > to) refuse(`a freeze from ${from} to ${to}`, 'a first date, then a last one');
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    refuse(`the time zone "${zone}"`, 'an IANA name such as Europe/Berlin');
  }
}

/** The first of the times without promotions that a moment lies in; clocks are those of its zone. */
export const frozenBy = (freezes: readonly Freeze[], now: Date): Freeze | null =>
  freezes.find((freeze) => isWithin(freeze, now)) ?? null;

function isWithin({ from, to, zone = 'UTC' }: Freeze, now: Date): boolean {
  const { date, minute } = clockIn(zone, now);
  if (isDate(from)) return from <= date && date <= to;
  const [start, end] = [minuteOf(from), minuteOf(to)];
  return start < end ? start <= minute && minute < end : minute >= start || minute < end;
}

const isDate = (text: string): boolean => /^\d/.test(text);

/** Minute of the week, from Monday 00:00 on. */
function minuteOf(text: string): number {
  const [day, hours, minutes] = text.split(/[ :]/) as [string, string, string];
  return (days.indexOf(day) * 24 + Number(hours)) * 60 + Number(minutes);
}

function clockIn(zone: string, now: Date): { readonly date: string; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    minute: minuteOf(`${part.weekday} ${part.hour}:${part.minute}`),
  };
}
