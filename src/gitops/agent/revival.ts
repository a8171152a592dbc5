import { setTimeout as sleep } from 'node:timers/promises';
import { type Launch, launch, type Place } from './launch.ts';
import type { Release } from './wanted.ts';

/** Starts what died again: at once, and ever more slowly what dies young again and again. */
export interface Revival {
  /** Null while one is under way, or too early. */
  start(release: Release, lived: number): Promise<Launch> | null;
  /** Resolves when none is under way. */
  settled(): Promise<void>;
}

const shortLifeMs = 5_000;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** Deaths that may be bad luck. */
const freeDeaths = 2;

export function openRevival(place: Place): Revival {
  let young = 0;
  let next = 0;
  let under: Promise<unknown> | null = null;
  return {
    start(release, lived) {
      if (under !== null || Date.now() < next) return null;
      young = lived < shortLifeMs ? young + 1 : 0;
      const work = launch(place, release, null);
      under = work.finally(() => {
        under = null;
        next = Date.now() + waitAfter(young);
      });
      return work;
    },
    async settled() {
      while (under !== null) await Promise.race([under, sleep(20)]);
    },
  };
}

/** How long nothing is started again after so many short lives in a row. */
export const waitAfter = (young: number): number =>
  young < freeDeaths ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (young - freeDeaths));
