import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Effects, realEffects } from '../../src/gitops/index.ts';

/**
 * Lets several writers in one process take turns: one goes on only when all others wait at an effect or are done, so a
 * seed gives one interleaving. Some are quick and some slow, or nobody would ever land after another.
 */
export class Scheduler {
  readonly order: string[] = [];
  readonly #random: () => number;
  readonly #waiting = new Map<string, () => void>();
  readonly #weights = new Map<string, number>();
  #running = 0;

  constructor(seed: number) {
    const generator = xoroshiro128plus(seed);
    this.#random = () => uniformFloat64(generator);
  }

  pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)]!;
  }

  /** Runs all of them at once, by name, and gives each one's end. */
  async runAll<T>(writers: Readonly<Record<string, (effects: Effects) => Promise<T>>>) {
    const names = Object.keys(writers);
    this.#running = names.length;
    for (const name of names) this.#weights.set(name, this.#random() ** 3);
    const ends = await Promise.allSettled(
      names.map((name) => writers[name]!(this.#effectsOf(name)).finally(() => this.#rest())),
    );
    return new Map(names.map((name, index) => [name, ends[index]!]));
  }

  #effectsOf(name: string): Effects {
    return {
      ...realEffects,
      perform: async (_, work) => {
        await this.#turn(name);
        return work();
      },
      pause: () => this.#turn(name),
    };
  }

  #turn(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(name, resolve);
      this.#rest();
    });
  }

  /** One stopped running; the last to stop wakes another. */
  #rest(): void {
    this.#running--;
    if (this.#running > 0 || this.#waiting.size === 0) return;
    const names = [...this.#waiting.keys()].sort();
    const name = this.#draw(names);
    const go = this.#waiting.get(name)!;
    this.#waiting.delete(name);
    this.#running = 1;
    this.order.push(name);
    go();
  }

  /** Each as likely as it is quick. */
  #draw(names: readonly string[]): string {
    const weights = names.map((name) => this.#weights.get(name)! + 0.02);
    let left = this.#random() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, name] of names.entries()) {
      left -= weights[index]!;
      if (left <= 0) return name;
    }
    return names.at(-1)!;
  }
}
