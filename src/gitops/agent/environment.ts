import { compareVersions } from '../../registry/index.ts';
import { beginCanary, type Course, type Ended } from './canary/course.ts';
import { removeOrder } from './canary/order.ts';
import { type Current, type EnvironmentInput, openIncumbent } from './incumbent.ts';
import { launch, retire } from './launch.ts';
import type { EnvironmentState, Refusal } from './state.ts';
import type { Wanted } from './wanted.ts';

/** What an agent that was killed had come to, beside what ran: a canary's step, or what a canary refused. */
export type Memory = Pick<EnvironmentState, 'canary' | 'refused'>;

/** One environment of one model: an address, the server behind it, and one change at a time. */
export interface Environment {
  /** Makes the server match the folder; the newest wish wins. Never rejects. */
  apply(wanted: Wanted): Promise<void>;
  /** Takes over what ran before: a server that lives is adopted, one that doesn't is started again. */
  resume(current: Current, memory: Memory): Promise<void>;
  /** Looks after the canary and after a server that died. To be called often. */
  tend(): void;
  stop(): Promise<void>;
  state(): EnvironmentState;
}

export function openEnvironment(input: EnvironmentInput): Environment {
  const { front, model, environment, onChange, report } = input;
  const where = { model, environment };
  const incumbent = openIncumbent(input);
  let refused: Refusal | null = null;
  let wanted: Wanted | null = null;
  let memory: Memory | null = null;
  let canary: Course | null = null;
  let handled = '';
  let stopping = false;
  let queue = Promise.resolve();

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(() => (stopping ? undefined : work())).finally(onChange);
    return queue;
  };

  function refuse({ version, image, reasons }: Omit<Refusal, 'time'>, more: Partial<Refusal> = {}): void {
    if (stopping) return;
    refused = { version, image, reasons, time: new Date().toISOString(), ...more };
    onChange();
    const kept = incumbent.current()?.release.version ?? null;
    report({ event: 'refused', ...where, version, image, reasons, kept });
  }

  async function reconcile(wish: Wanted): Promise<void> {
    const key = JSON.stringify(wish);
    if (wish !== wanted || key === handled) return;
    handled = key;
    await leaveCanary();
    await decide(wish);
    memory = null;
  }

  async function decide(wish: Wanted): Promise<void> {
    if (wish.kind === 'refused') return refuse(wish);
    const { release } = wish;
    const current = incumbent.current();
    if (current?.release.imageDigest === release.imageDigest) {
      const mended = refused !== null;
      refused = null;
      incumbent.rename(release);
      if (mended) report({ event: 'kept', ...incumbent.named() });
      return;
    }
    // What a canary refused is not tried again on clients because the agent was started again.
    if (memory?.refused?.tree === wish.tree) return refuse(memory.refused, memory.refused);
    const launched = await launch(input, release, release.replay);
    if (launched.kind === 'failed') return refuse({ ...release, reasons: launched.reasons });
    if (stopping) return retire(input, launched.server);
    refused = null;
    // A rollback is to be whole at once.
    const older = current !== null && compareVersions(release.version, current.release.version) < 0;
    if (current === null || older || release.canary === null) {
      return incumbent.takeOver(release, launched, null);
    }
    canary = beginCanary({
      ...input,
      release,
      plan: release.canary,
      launched,
      oldVersion: current.release.version,
      tree: wish.tree,
      before: memory?.canary?.tree === wish.tree ? memory.canary : null,
    });
  }

  async function leaveCanary(): Promise<void> {
    if (canary === null) return;
    const { leave, launched } = canary;
    canary = null;
    await leave();
    await retire(input, launched.server);
  }

  function endCanary({ outcome, course }: Ended): void {
    const { release, tree, leave, launched } = course;
    if (outcome.kind === 'refused') {
      canary = null;
      const left = leave(); // Before anything that may wait: its clients are back with the old version now.
      refuse({ ...release, reasons: outcome.reasons }, { tree });
      removeOrder(input);
      void enqueue(() => left.then(() => retire(input, launched.server)));
      return;
    }
    void enqueue(async () => {
      if (canary !== course) return;
      canary = null;
      const done = incumbent.takeOver(release, launched, { ...course.report(), by: outcome.by });
      removeOrder(input);
      await Promise.all([leave(), done]);
    });
  }

  return {
    apply(wish) {
      wanted = wish;
      return enqueue(() => reconcile(wish));
    },
    resume: (before, known) =>
      enqueue(async () => {
        memory = known;
        ({ refused } = known);
        await incumbent.adopt(before);
      }),
    tend() {
      if (stopping) return;
      const ended = canary?.tend();
      if (ended) endCanary(ended);
      void incumbent.tend();
    },
    async stop() {
      stopping = true;
      await front.close();
      await Promise.all([incumbent.stop(), canary && retire(input, canary.launched.server)]);
      await queue;
    },
    state() {
      const current = incumbent.current();
      return {
        ...where,
        version: current?.release.version ?? null,
        image: current?.release.image ?? null,
        modelDigest: current?.release.modelDigest ?? null,
        url: front.url,
        port: front.port,
        serverPid: current?.server.pid ?? null,
        sparePid: incumbent.sparePid(),
        serverPort: current?.server.port ?? null,
        golden: current?.golden ?? null,
        since: current?.since ?? null,
        refused,
        canary: canary?.state() ?? memory?.canary ?? null,
      };
    },
  };
}
