import { stderr } from 'node:process';

/** A line on the terminal that says how far a long piece of work is. */
export interface Progress {
  /** Absolute progress; `of` may become known later. */
  update(done: number, of?: number): void;
  /** Ends the line; the text, when given, stays. */
  end(text?: string): void;
}

/**
 * A terminal that somebody watches. Some runners give a job one too: those say `CI`, or leave TERM out of an environment
 * that they emptied (which Windows never sets).
 */
export const isWatched = (
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean => {
  const terminal = platform === 'win32' ? (env.TERM ?? 'windows') : (env.TERM ?? 'dumb');
  return stream.isTTY === true && !env.CI && terminal !== 'dumb';
};

/** Draws at most ten times a second on a terminal, and nothing at all elsewhere: a log is no place for it. */
export function startProgress(
  label: string,
  unit: 'bytes' | 'count' = 'count',
  stream: NodeJS.WriteStream = stderr,
): Progress {
  if (!isWatched(stream)) return { update: () => {}, end: () => {} };
  const started = performance.now();
  let drawn = 0;
  return {
    update(done, of) {
      const now = performance.now();
      if (now - drawn < 100) return;
      drawn = now;
      const rate = done / Math.max(0.001, (now - started) / 1000);
      const left = of && rate > 0 ? `, ${Math.ceil((of - done) / rate)} s left` : '';
      const share = of ? ` ${String(Math.floor((100 * done) / of)).padStart(3)} %` : '';
      stream.write(
        `\r\u001b[2K${label}${share} ${amount(done, unit)}${of ? ` of ${amount(of, unit)}` : ''}, ${amount(rate, unit)}/s${left}`,
      );
    },
    end(text) {
      stream.write(`\r\u001b[2K${text === undefined ? '' : `${text}\n`}`);
    },
  };
}

/** `20,000`, grouped the same way whatever the machine's language; or `1.5 MB`, in powers of 1000. */
export function amount(value: number, unit: 'bytes' | 'count'): string {
  if (unit === 'count') return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
