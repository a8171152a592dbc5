import { setTimeout as sleep } from 'node:timers/promises';

/** What a writing command does to the world outside its own memory, in the order in which it happens. */
export type EffectName = 'read' | 'objects' | 'push' | 'refs' | 'read back' | 'tag' | 'observe';

/**
 * The outside, in one place: every effect goes through `perform`, so that a test can stop the process before and
 * after each, and time is given.
 */
export interface Effects {
  perform<T>(name: EffectName, work: () => Promise<T>): Promise<T>;
  now(): Date;
  pause(milliseconds: number): Promise<void>;
}

export const realEffects: Effects = {
  perform: (_name, work) => work(),
  now: () => new Date(),
  pause: async (milliseconds) => {
    await sleep(milliseconds);
  },
};
