import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch } from './launch.ts';
import type { Release } from './wanted.ts';

/** Starts what died again: at once, and ever more slowly what dies young or does not start, again and again. */
export interface Revival {
  /** Null while one is under way, or too early. */
  start(release: Release, livedMs: number): Promise<Launch> | null;
  /** Resolves when none is under way. */
  settled(): Promise<void>;
}

const shortLifeMs = 2_000;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** Deaths in a row that may be bad luck: whoever waits for an answer waits for each of them. */
const freeDeaths = 5;

export function openRevival(launch: (release: Release) => Promise<Launch>): Revival {
  let inRow = 0;
  let failed = false;
  let next = 0;
  let underWay = false;
  return {
    start(release, livedMs) {
      if (underWay || Date.now() < next) return null;
      inRow = failed || livedMs < shortLifeMs ? inRow + 1 : 0;
      underWay = true;
      return launch(release).then((launched) => {
        failed = launched.kind === 'failed';
        next = Date.now() + waitAfter(inRow);
        underWay = false;
        return launched;
      });
    },
    async settled() {
      while (underWay) await sleep(20);
    },
  };
}

/** How long nothing is started again, in milliseconds, after so many short lives in a row. */
export const waitAfter = (inRow: number): number =>
  inRow < freeDeaths ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (inRow - freeDeaths));
