import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../workspace/index.ts';
import { withoutQuery } from './address.ts';

/** How often one request is sent, at most, by the class of what came back. Everything else is answered the first time. */
export const mostTries = { busy: 6, broken: 6, unreachable: 3 } as const;
const mostPause = 60_000;
const mostWaiting = 180_000;

/** Statuses that pass: what the server says of itself or of its load, not of our request. */
const busy: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Nobody is there, or nobody by that name: asked less often. */
const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export const isBusy = (status: number): boolean => busy.has(status);

/** How often a request that failed with this error is sent. */
export const triesAfter = (code: string | undefined): number =>
  code !== undefined && unreachable.has(code) ? mostTries.unreachable : mostTries.broken;

/** Waits between the tries of one request, and knows for how long it did. */
export class Patience {
  waitedMs = 0;

  /** `retryAfter`: the header (RFC 9110, 10.2.3: seconds, or a date); else doubling from half a second, with jitter. */
  async pause(attempt: number, retryAfter?: string): Promise<void> {
    const told = toldBy(retryAfter);
    const wait = Math.min(mostPause, told ?? 250 * 2 ** attempt * (0.75 + Math.random() / 4));
    this.waitedMs += wait;
    await sleep(wait);
  }

  get isOver(): boolean {
    return this.waitedMs > mostWaiting;
  }
}

function toldBy(header: string | undefined): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

export const rateLimited = (url: URL, attempt: number, waitedMs: number): LockstepError =>
  new LockstepError('E_REMOTE_RATE_LIMIT', {
    what: `${withoutQuery(url)} answered 429 ${attempt} times, after waiting ${(waitedMs / 1000).toFixed(1)} s in all`,
    allowed: 'fewer requests than the server takes',
    fix: 'wait some minutes and run the command again: what arrived is kept',
  });

export const notReached = (url: URL, error: Error & { code?: string }): LockstepError =>
  new LockstepError('E_REMOTE_FAILED', {
    what: `${withoutQuery(url)} cannot be reached (${error.code ?? error.message})`,
    fix: 'check the address and the network, and run the command again',
    cause: error,
  });
