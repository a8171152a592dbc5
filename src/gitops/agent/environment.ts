import type { Report } from './events.ts';
import type { Front } from './front.ts';
import { launch, type Place, retire } from './launch.ts';
import { isRunning } from './process-identity.ts';
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

/** One environment of one model: an address, the server behind it, and one change at a time. */
export interface Environment {
  /** Makes the server match the folder; the newest wish wins. Never rejects. */
  apply(wanted: Wanted): Promise<void>;
  /** Takes over what ran before: a server that lives is adopted, one that doesn't is started again. */
  resume(current: Current): Promise<void>;
  /** Starts a server that died again, with back-off. To be called often. */
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

const firstBackOffMs = 250;
const longestBackOffMs = 30_000;
const steadyMs = 60_000;

export function openEnvironment(input: EnvironmentInput): Environment {
  const { front, model, environment, onChange, report } = input;
  const where = { model, environment };
  let current: Current | null = null;
  let refused: Refusal | null = null;
  let wanted: Wanted | null = null;
  let handled = '';
  let stopping = false;
  let reviving = false;
  let reportedDead: number | null = null;
  let backOffMs = firstBackOffMs;
  let reviveAt = 0;
  let queue = Promise.resolve();

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(() => (stopping ? undefined : work())).finally(onChange);
    return queue;
  };
  const named = ({ release }: Current) => ({
    ...where,
    version: release.version,
    image: release.image,
    url: front.url,
  });

  function refuse(version: string | null, image: string | null, reasons: readonly string[]): void {
    if (stopping) return;
    refused = { version, image, reasons, time: new Date().toISOString() };
    onChange();
    report({ event: 'refused', ...where, version, image, reasons, kept: current?.release.version ?? null });
  }

  async function reconcile(wish: Wanted): Promise<void> {
    const key = JSON.stringify(wish);
    if (wish !== wanted || key === handled) return;
    handled = key;
    if (wish.kind === 'refused') return refuse(wish.version, wish.image, wish.reasons);
    const { release } = wish;
    if (current?.release.imageDigest === release.imageDigest) {
      const mended = refused !== null;
      refused = null;
      current = { ...current, release };
      if (mended) report({ event: 'kept', ...named(current) });
      return;
    }
    const launched = await launch(input, release, release.replay);
    if (stopping && launched.kind === 'running') return retire(input, launched.server);
    if (launched.kind === 'failed') return refuse(release.version, release.image, launched.reasons);
    const before = current;
    current = { release, server: launched.server, golden: launched.golden, since: new Date().toISOString() };
    refused = null;
    const drained = front.switchTo(launched.server.port);
    onChange();
    const { golden, replayed } = launched;
    report({ event: 'switched', ...named(current), from: before?.release.version ?? null, golden, replayed });
    await drained;
    if (before !== null) await retire(input, before.server);
  }

  async function revive(): Promise<void> {
    if (current === null || isRunning(current.server)) return;
    const dead = current;
    const lived = Date.now() - Date.parse(dead.since);
    backOffMs = lived > steadyMs ? firstBackOffMs : Math.min(longestBackOffMs, backOffMs * 2);
    reviveAt = Date.now() + backOffMs;
    input.book.remove(dead.server);
    const launched = await launch(input, dead.release, null);
    if (launched.kind === 'failed') return;
    if (stopping) return retire(input, launched.server);
    current = { ...dead, server: launched.server, golden: launched.golden, since: new Date().toISOString() };
    void front.switchTo(launched.server.port, 0);
    report({ event: 'restarted', ...named(current) });
  }

  return {
    apply(wish) {
      wanted = wish;
      return enqueue(() => reconcile(wish));
    },
    resume: (before) =>
      enqueue(async () => {
        current = before;
        if (!isRunning(before.server)) return revive();
        await front.switchTo(before.server.port);
        report({ event: 'adopted', ...named(before) });
      }),
    tend() {
      if (stopping || reviving || current === null || Date.now() < reviveAt || isRunning(current.server))
        return;
      reviving = true;
      if (reportedDead !== current.server.pid) report({ event: 'died', ...named(current) });
      reportedDead = current.server.pid;
      void enqueue(revive).finally(() => {
        reviving = false;
      });
    },
    async stop() {
      stopping = true;
      await front.close();
      if (current !== null) await retire(input, current.server);
      await queue;
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
    }),
  };
}
