import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, ranBeside, secondsOf, type Where } from '../measure.ts';

/** One whole command: wall seconds, and the highest resident MB of any one process of it. */
export interface Sample {
  readonly seconds: number;
  readonly megabytes: number;
  /** The last line of its standard output. */
  readonly output: string;
}

/** One who does the same work. A turn prepares what it needs and gives a sample for each step that it has timed. */
export interface Subject {
  readonly name: string;
  /** Fewer than others get, for those who are shown and not compared. */
  readonly times?: number;
  readonly turn: (turn: number) => Promise<Readonly<Record<string, Sample>>>;
}

export interface Taken {
  readonly names: readonly string[];
  /** Empty where this one has no such step. */
  of(name: string, step: string): readonly Sample[];
}

/** Turn by turn, so that a busy machine slows all of them. */
export async function takeTurns(subjects: readonly Subject[], times: number): Promise<Taken> {
  const samples = new Map<string, Sample[]>();
  for (let turn = 1; turn <= times; turn++) {
    for (const subject of subjects) {
      if (turn > (subject.times ?? times)) continue;
      for (const [step, sample] of Object.entries(await subject.turn(turn))) {
        const key = `${subject.name}\n${step}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
      }
    }
  }
  return {
    names: subjects.map(({ name }) => name),
    of: (name, step) => samples.get(`${name}\n${step}`) ?? [],
  };
}

const note = join(tmpdir(), `lockstep-bench-${process.pid}.peak`);

/** GNU time stands between, as a process starts with the peak of the one that made it. What others wrote is on disk before. */
export async function timed(command: Command, where: Where): Promise<Sample> {
  secondsOf(['sync'], where);
  const { seconds, output } = await ranBeside(['time', '-f', '%M', '-o', note, ...command], where);
  const megabytes = Number(readFileSync(note, 'utf8')) / 1024;
  rmSync(note);
  return { seconds, megabytes, output: output.trim().split('\n').at(-1)! };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!;
