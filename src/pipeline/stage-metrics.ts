import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { LockstepError, type Place } from '../workspace/index.ts';

const mostBytes = 64 * 1024 * 1024;
const mostMetrics = 10_000;
const nameRule = /^[A-Za-z][A-Za-z0-9_.@/-]{0,99}$/;

/**
 * The last value of each metric in a file of JSON lines such as `{"step": 3, "loss": 0.41}`; nothing when the
 * stage wrote none. Errors: E_METRICS_TYPE, E_METRICS_NAME, E_METRICS_TOO_MANY, E_NUMBER_NOT_FINITE.
 */
export function readMetrics(path: string, shownAs: string): Record<string, number> {
  if (!existsSync(path)) return {};
  if (statSync(path).size > mostBytes) {
    throw new LockstepError('E_METRICS_TOO_MANY', {
      what: `${statSync(path).size} bytes of metrics`,
      where: { file: shownAs },
      allowed: `at most ${mostBytes} bytes`,
    });
  }
  return parseMetrics(readFileSync(path, 'utf8'), shownAs);
}

export function parseMetrics(text: string, file: string): Record<string, number> {
  const metrics = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const where = { file, line: index + 1 };
    for (const [name, value] of Object.entries(parseLine(line, where))) {
      metrics.set(checkMetricName(name, where), checkMetricValue(name, value, where));
    }
    if (metrics.size > mostMetrics) {
      throw new LockstepError('E_METRICS_TOO_MANY', {
        what: `${metrics.size} metrics`,
        where,
        allowed: `at most ${mostMetrics}`,
      });
    }
  }
  return Object.fromEntries([...metrics].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parseLine(line: string, where: Place): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const notFinite = /[:[,]\s*-?(NaN|Infinity)\b/.exec(line);
    throw new LockstepError(notFinite ? 'E_NUMBER_NOT_FINITE' : 'E_METRICS_TYPE', {
      what: notFinite ? `the metric value ${notFinite[1]}` : 'a line that is not JSON',
      where,
      allowed: 'one JSON object of finite numbers a line',
      cause: error,
    });
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw new LockstepError('E_METRICS_TYPE', {
    what: 'a line that is not an object',
    where,
    allowed: 'one JSON object of finite numbers a line',
  });
}

function checkMetricName(name: string, where: Place): string {
  if (nameRule.test(name)) return name;
  throw new LockstepError('E_METRICS_NAME', {
    what: `the metric name "${name.slice(0, 60)}"`,
    where,
    allowed: 'letters, digits and . _ @ / -, beginning with a letter, at most 100 characters',
  });
}

function checkMetricValue(name: string, value: unknown, where: Place): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new LockstepError(typeof value === 'number' ? 'E_NUMBER_NOT_FINITE' : 'E_METRICS_TYPE', {
    what: `the metric ${name} is ${typeof value === 'number' ? value : JSON.stringify(value).slice(0, 60)}`,
    where,
    allowed: 'a finite number',
  });
}

/** Hands over complete lines of a growing metrics file as numbers, for drawing; what can't be read waits for the end. */
export function followMetrics(path: string, onValues: (values: Record<string, number>) => void): () => void {
  let offset = 0;
  let rest = '';
  const look = (): void => {
    const text = readFrom(path, offset);
    offset += Buffer.byteLength(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      try {
        onValues(parseMetrics(line, path));
      } catch {
        // Refused with its line number when the stage has ended.
      }
    }
  };
  const timer = setInterval(look, 250);
  return () => {
    clearInterval(timer);
    look();
  };
}

function readFrom(path: string, offset: number): string {
  if (!existsSync(path)) return '';
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(1 << 20);
    const read = readSync(file, buffer, 0, buffer.byteLength, offset);
    // Whole lines only, so that no character is cut in two.
    return buffer.toString('utf8', 0, buffer.subarray(0, read).lastIndexOf(10) + 1);
  } finally {
    closeSync(file);
  }
}
