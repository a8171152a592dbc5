import { expect, test } from 'vitest';
import type { Launch } from './launch.ts';
import { openRevival, waitAfter } from './revival.ts';
import type { Release } from './wanted.ts';

const release = {} as Release;

/** How many starts there are in half a second of asking all the time. */
async function startsOf(outcome: Launch, livedMs: number): Promise<number> {
  let starts = 0;
  const revival = openRevival(async () => {
    starts++;
    return outcome;
  });
  for (const until = Date.now() + 400; Date.now() < until; ) {
    await revival.start(release, livedMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return starts;
}

test('what lived is started again each time, what dies young or does not start only a few times', async () => {
  const running = { kind: 'running' } as Launch;
  const failed: Launch = { kind: 'failed', reasons: [] };
  expect(await startsOf(running, 60_000)).toBeGreaterThan(10);
  expect(await startsOf(running, 100)).toBe(5);
  expect(await startsOf(failed, 60_000)).toBe(6);
});

test('one start at a time, and waits that grow to half a minute', async () => {
  let end = () => {};
  const revival = openRevival(
    () =>
      new Promise((resolve) => {
        end = () => resolve({ kind: 'failed', reasons: [] });
      }),
  );
  expect(revival.start(release, 0)).not.toBeNull();
  expect(revival.start(release, 0)).toBeNull();
  end();
  await revival.settled();
  expect([0, 4, 5, 6, 7, 11, 20].map(waitAfter)).toEqual([0, 0, 500, 1000, 2000, 30_000, 30_000]);
});
