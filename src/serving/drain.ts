import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Counts requests, so that a server knows when nobody is waiting any more. */
export interface Traffic {
  inFlight: number;
  /** `performance.now()` of the last request's start. */
  last: number;
}

const quietMs = 200;
const mostWaitMs = 5_000;
const mostCloseMs = 10_000;
/** What whoever stops a server has to wait at most, before it kills it. */
export const longestDrainMs = mostWaitMs + mostCloseMs;

/**
 * Lets a server end without dropping a request. While it drains every answer says `connection: close`, so that
 * clients leave by themselves; once none came for a moment (or the patience is over) it stops listening, which
 * also closes idle connections, and waits for the answers still under way.
 */
export async function drain(server: Server, traffic: Traffic): Promise<void> {
  const until = performance.now() + mostWaitMs;
  traffic.last = Math.max(traffic.last, performance.now());
  while (performance.now() < until) {
    if (traffic.inFlight === 0 && performance.now() - traffic.last >= quietMs) break;
    await sleep(20);
  }
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const patience = setTimeout(() => server.closeAllConnections(), mostCloseMs);
  await closed;
  clearTimeout(patience);
}
