import { compareVersions } from '../../registry/index.ts';
import { beginCanary, type Ended } from './canary/course.ts';
import { removeOrder } from './canary/order.ts';
import type { CanaryReport } from './canary/state.ts';
import type { Report } from './events.ts';
import type { Front } from './front.ts';
import { type Launch, launch, type Place, retire } from './launch.ts';
import { isRunning } from './process-identity.ts';
import { openRevival } from './revival.ts';
import type { RunningServer } from './server-process.ts';
import type { EnvironmentState, Refusal } from './state.ts';
import type { Release, Wanted } from './wanted.ts';

/** What answers an environment's requests. */
export interface Current {
  readonly release: Release;
  readonly server: RunningServer;
  readonly golden: { readonly asked: number; readonly equal: number } | null;
  readonly since: string;
}

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

export interface EnvironmentInput extends Place {
  readonly front: Front;
  readonly report: Report;
  /** Called after every change of what `state()` gives. */
  readonly onChange: () => void;
}

export function openEnvironment(input: EnvironmentInput): Environment {
  const { front, model, environment, onChange, report } = input;
  const where = { model, environment };
  const revival = openRevival(input);
  let current: Current | null = null;
  let refused: Refusal | null = null;
  let wanted: Wanted | null = null;
  let memory: Memory | null = null;
  let canary: ReturnType<typeof beginCanary> | null = null;
  let handled = '';
  let stopping = false;
  let reportedDead: number | null = null;
  let queue = Promise.resolve();

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(() => (stopping ? undefined : work())).finally(onChange);
    return queue;
  };
  const named = ({ release }: Pick<Current, 'release'>) => ({
    ...where,
    version: release.version,
    image: release.image,
    url: front.url,
  });

  function refuse({ version, image, reasons }: Omit<Refusal, 'time'>, more: Partial<Refusal> = {}): void {
    if (stopping) return;
    refused = { version, image, reasons, time: new Date().toISOString(), ...more };
    onChange();
    report({ event: 'refused', ...where, version, image, reasons, kept: current?.release.version ?? null });
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
    if (current?.release.imageDigest === release.imageDigest) {
      const mended = refused !== null;
      refused = null;
      current = { ...current, release };
      if (mended) report({ event: 'kept', ...named(current) });
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
    if (current === null || older || release.canary === null) return takeOver(release, launched, null);
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

  async function takeOver(
    release: Release,
    { server, golden, replayed }: Launch & { kind: 'running' },
    ran: CanaryReport | null,
  ): Promise<void> {
    const before = current;
    current = { release, server, golden, since: new Date().toISOString() };
    const drained = front.switchTo(server.port);
    onChange();
    const from = before?.release.version ?? null;
    report({ event: 'switched', ...named(current), from, golden, replayed, canary: ran });
    await drained;
    if (before !== null) await retire(input, before.server);
  }

  async function leaveCanary(): Promise<void> {
    if (canary === null) return;
    const { leave, launched } = canary;
    canary = null;
    await leave();
    await retire(input, launched.server);
  }

  function endCanary({ outcome, course }: Ended): void {
    if (outcome.kind === 'refused') {
      const { release, tree, leave, launched } = course;
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
      const { release, launched } = course;
      const done = takeOver(release, launched, { ...course.report(), by: outcome.by });
      removeOrder(input);
      await Promise.all([course.leave(), done]);
    });
  }

  async function revive(): Promise<void> {
    if (current === null || stopping || isRunning(current.server)) return;
    const dead = current;
    if (reportedDead !== dead.server.pid) report({ event: 'died', ...named(dead) });
    reportedDead = dead.server.pid;
    const launched = await revival.start(dead.release, Date.now() - Date.parse(dead.since));
    if (launched === null) return;
    input.book.remove(dead.server);
    if (launched.kind === 'failed') return;
    // It took a while: another version may have taken over.
    if (stopping || current?.server !== dead.server) return retire(input, launched.server);
    const { server, golden } = launched;
    current = { ...current, server, golden, since: new Date().toISOString() };
    void front.switchTo(server.port, 0);
    onChange();
    report({ event: 'restarted', ...named(current) });
  }

  return {
    apply(wish) {
      wanted = wish;
      return enqueue(() => reconcile(wish));
    },
    resume: (before, known) =>
      enqueue(async () => {
        current = before;
        memory = known;
        ({ refused } = known);
        if (!isRunning(before.server)) return revive();
        await front.switchTo(before.server.port);
        report({ event: 'adopted', ...named(before) });
      }),
    tend() {
      if (stopping) return;
      const ended = canary?.tend();
      if (ended) endCanary(ended);
      void revive();
    },
    async stop() {
      stopping = true;
      await front.close();
      const servers = [current?.server, canary?.launched.server].filter((server) => server !== undefined);
      await Promise.all(servers.map((server) => retire(input, server)));
      await Promise.all([queue, revival.settled()]);
    },
    state: () => ({
      ...where,
      version: current?.release.version ?? null,
      image: current?.release.image ?? null,
      modelDigest: current?.release.modelDigest ?? null,
      url: front.url,
      port: front.port,
      serverPid: current?.server.pid ?? null,
      serverPort: current?.server.port ?? null,
      golden: current?.golden ?? null,
      since: current?.since ?? null,
      refused,
      canary: canary?.state() ?? memory?.canary ?? null,
    }),
  };
}
