import { betterModel } from './step-better-model.ts';
import { failsInProduction } from './step-fails-in-production.ts';
import { firstRelease } from './step-first-release.ts';
import { laterMonths } from './step-later-months.ts';
import { worseModel } from './step-worse-model.ts';
import type { Story } from './story.ts';

export interface Step {
  readonly name: string;
  readonly why: string;
  run(story: Story): Promise<void>;
}

/** The demo, in order. */
export const steps: readonly Step[] = [
  {
    name: 'v1.0.0 goes from data to production',
    why: 'Data by hash, training, evaluation, a gate, an image, and promotion through three environments.',
    run: firstRelease,
  },
  {
    name: 'A change that makes the model worse is refused',
    why: 'The gate compares with the model in production, on the same rows, with its uncertainty.',
    run: worseModel,
  },
  {
    name: 'A change that makes it better goes all the way',
    why: 'v1.1.0: nothing is rebuilt or retrained on the way, and production answers as offline.',
    run: betterModel,
  },
  {
    name: 'A release that fails only in production is rolled back',
    why: 'It passes the gate, dev and staging, but cannot answer what production has been asked.',
    run: failsInProduction,
  },
  {
    name: 'The model meets the months after its training',
    why: 'Decay and drift from the prediction log and the outcomes, and a retraining change ready for review.',
    run: laterMonths,
  },
];
