import { median, type Sample, type Taken } from './taken.ts';

/** What one of the goals asks of a number. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number };

export interface Report {
  /** A line of its own. */
  say(words: string): void;
  /** A number with its goal. */
  goal(what: string, value: number, bound: Bound, unit: string): void;
  /**
   * One step of all: seconds, peaks, and how many times as long as ours each of the others took, by their medians and
   * (worst and best) turn by turn. `goals`: at least how many times, by the names of others.
   */
  step(taken: Taken, step: string, goals?: Readonly<Record<string, number>>): void;
  /** Every command of ours, whether it is shown or not: for the peak of all. */
  ran(sample: Sample): void;
  /** Goals of a part that broke off are not met. */
  missing(goals: number): void;
  /** How many goals there were, as yet. */
  readonly goals: number;
  readonly met: number;
  /** Highest resident MB of ours. */
  readonly peak: number;
}

/** Who is compared with all others. */
export const ours = 'lockstep';

export function openReport(): Report {
  const count = { goals: 0, met: 0, peak: 0 };
  const say = (words: string) => void process.stdout.write(`  ${words}\n`);
  const judge = (value: number, bound: Bound, unit: string): string => {
    const met = 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
    count.goals++;
    if (met) count.met++;
    const [sign, limit] = 'atLeast' in bound ? ['≥', bound.atLeast] : ['≤', bound.atMost];
    return `  goal ${sign} ${limit} ${unit}: ${met ? 'met' : 'missed'}`;
  };
  return {
    say,
    goal: (what, value, bound, unit) => say(`${what}: ${number(value)} ${unit}${judge(value, bound, unit)}`),
    step(taken, step, goals = {}) {
      const own = taken.of(ours, step);
      for (const name of taken.names) {
        const samples = taken.of(name, step);
        if (samples.length === 0) continue;
        const ratio = name === ours ? '' : `  ${number(ratioOf(samples, own))} × ours${spread(samples, own)}`;
        const goal =
          goals[name] === undefined ? '' : judge(ratioOf(samples, own), { atLeast: goals[name] }, '×');
        say(`${`${step}: ${name}`.padEnd(40)} ${words(samples)}${ratio}${goal}`);
      }
    },
    ran({ megabytes }) {
      count.peak = Math.max(count.peak, megabytes);
    },
    missing(goals) {
      count.goals += goals;
    },
    get goals() {
      return count.goals;
    },
    get met() {
      return count.met;
    },
    get peak() {
      return count.peak;
    },
  };
}

const secondsIn = (samples: readonly Sample[]) => samples.map(({ seconds }) => seconds);

const ratioOf = (others: readonly Sample[], own: readonly Sample[]): number =>
  median(secondsIn(others)) / median(secondsIn(own));

function spread(others: readonly Sample[], own: readonly Sample[]): string {
  const ratios = others.slice(0, own.length).map(({ seconds }, turn) => seconds / own[turn]!.seconds);
  if (ratios.length < 2) return '';
  return ` (${number(Math.min(...ratios))} to ${number(Math.max(...ratios))})`;
}

function words(samples: readonly Sample[]): string {
  const seconds = secondsIn(samples);
  const [best, middle, worst] = [Math.min(...seconds), median(seconds), Math.max(...seconds)].map((value) =>
    value.toFixed(value < 10 ? 3 : 1),
  );
  const peak = Math.max(...samples.map(({ megabytes }) => megabytes)).toFixed(0);
  return `best ${best} s, median ${middle} s, worst ${worst} s (n = ${samples.length}), peak ${peak} MB`;
}

const number = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
