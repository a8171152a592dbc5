/*
 * ISO 8601 dates, read alike here and inside the exported graph. The patterns are written in the syntax that
 * JavaScript and RE2 (ONNX's RegexFullMatch) share. A time's zone is dropped: the parts are those of the clock
 * that wrote the text. What doesn't match, 2023-02-29 for instance, counts as missing.
 */
const day =
  '(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)' +
  '|02-(?:0[1-9]|1[0-9]|2[0-8]))' +
  '|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
const clock = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?';

/** Full-match patterns: a day alone, and a day with a time after `T` or after a space. */
export const datePatterns = {
  day,
  timeAfterT: `${day}T${clock}`,
  timeAfterSpace: `${day} ${clock}`,
} as const;

/**
 * Names of the parts: month and day from 1, weekday from 0 = Sunday, `time` = minutes since midnight, `days` = days
 * since 1970-01-01.
 */
const dateParts = ['year', 'month', 'day', 'weekday', 'time', 'hour', 'minute', 'days'] as const;
export type DatePart = (typeof dateParts)[number];

/** Days after which a part comes round again (`days` never); the others depend on no cycle longer than a day. */
const cycleDays: Partial<Record<DatePart, number>> = {
  month: 365,
  day: 30,
  weekday: 7,
  days: Number.POSITIVE_INFINITY,
};

/** `all` parts, or only those of `cycles` that the training rows span twice. */
export type DateUse = 'all' | 'cycles';

/**
 * The parts that training rows can teach. Where later rows are judged, a part whose cycle they don't span twice
 * would only have learned single dates by heart: a January alone says nothing about the 13th of a month.
 */
export function learnableParts(
  texts: readonly string[],
  use: DateUse,
): { parts: ReadonlySet<DatePart>; days: number } {
  let [first, last] = ['', ''];
  for (const text of texts) {
    if (!isDate(text)) continue;
    if (first === '' || text < first) first = text;
    if (text > last) last = text;
  }
  const days =
    first === ''
      ? 0
      : Math.round((Date.parse(last.slice(0, 10)) - Date.parse(first.slice(0, 10))) / 86_400_000) + 1;
  return {
    parts: new Set(dateParts.filter((part) => use === 'all' || days >= 2 * (cycleDays[part] ?? 0))),
    days,
  };
}

const whole = new RegExp(`^(?:${day}(?:[T ]${clock})?)$`);

/** Tomohiko Sakamoto's offsets by month, by which the weekday follows from year, month and day. */
export const weekdayOffsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4] as const;

export const isDate = (text: string): boolean => whole.test(text);

/** The parts of each text as float32 columns; NaN where the text is no date. */
export function datePartsOf(texts: readonly string[]): Record<DatePart, Float32Array> {
  const columns = Object.fromEntries(
    dateParts.map((part) => [part, new Float32Array(texts.length).fill(Number.NaN)]),
  ) as Record<DatePart, Float32Array>;
  texts.forEach((text, row) => {
    if (!isDate(text)) return;
    const year = Number(text.slice(0, 4));
    const month = Number(text.slice(5, 7));
    const dayOfMonth = Number(text.slice(8, 10));
    const hour = text.length > 10 ? Number(text.slice(11, 13)) : 0;
    const minute = text.length > 10 ? Number(text.slice(14, 16)) : 0;
    columns.year[row] = year;
    columns.month[row] = month;
    columns.day[row] = dayOfMonth;
    columns.weekday[row] = weekdayOf(year, month, dayOfMonth);
    columns.time[row] = hour * 60 + minute;
    columns.hour[row] = hour;
    columns.minute[row] = minute;
    columns.days[row] = daysSince1970(year, month, dayOfMonth);
  });
  return columns;
}

/** Days before each month in a year that begins in March, from January on. */
export const marchOffsets = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275] as const;
/** 1970-01-01 in days since 0000-03-01. */
export const days1970 = 719_468;

/** The proleptic Gregorian calendar with years from March, so that a leap day is a year's last. */
function daysSince1970(year: number, month: number, dayOfMonth: number): number {
  const y = month < 3 ? year - 1 : year;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + marchOffsets[month - 1]! + dayOfMonth - 1 - days1970;
}

function weekdayOf(year: number, month: number, dayOfMonth: number): number {
  const y = month < 3 ? year - 1 : year;
  const sum =
    y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    weekdayOffsets[month - 1]! +
    dayOfMonth;
  return sum - 7 * Math.floor(sum / 7);
}
