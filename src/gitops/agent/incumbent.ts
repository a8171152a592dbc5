import type { CanaryReport } from './canary/state.ts';
import type { Named, Report } from './events.ts';
import type { Front } from './front.ts';
import { type Launch, launch, type Place, retire } from './launch.ts';
import { isRunning } from './process-identity.ts';
import { openRevival } from './revival.ts';
import type { RunningServer } from './server-process.ts';
import { openSpare } from './spare.ts';
import type { Release } from './wanted.ts';

/** What answers an environment's requests. */
export interface Current {
  readonly release: Release;
  readonly server: RunningServer;
  readonly golden: { readonly asked: number; readonly equal: number } | null;
  readonly since: string;
}

export interface EnvironmentInput extends Place {
  readonly front: Front;
  readonly report: Report;
  /** Called after every change of what the environment's `state()` gives. */
  readonly onChange: () => void;
}

/** The server behind an environment's front: another takes over from it, and it is started again when it dies. */
export interface Incumbent {
  current(): Current | null;
  /** A server of an agent that was killed goes on, or is started again. */
  adopt(before: Current): Promise<void>;
  /** The folder changed, the image did not. */
  rename(release: Release): void;
  /** Resolves when the one before has answered what it began and ended. */
  takeOver(
    release: Release,
    launched: Launch & { kind: 'running' },
    canary: CanaryReport | null,
  ): Promise<void>;
  /** Starts it again if it died, and keeps a spare where one is asked for. To be called often. */
  tend(): Promise<void>;
  named(): Named;
  sparePid(): number | null;
  stop(): Promise<void>;
}

export function openIncumbent(input: EnvironmentInput): Incumbent {
  const { front, report, onChange, model, environment } = input;
  const spare = openSpare(input, onChange);
  const revival = openRevival((release) => launch(input, release, null));
  let current: Current | null = null;
  let stopping = false;
  let reportedDead: number | null = null;

  const named = (): Named => ({
    model,
    environment,
    version: current!.release.version,
    image: current!.release.image,
    url: front.url,
  });

  async function tend(): Promise<void> {
    if (current === null || stopping) return;
    if (!isRunning(current.server)) await revive(current);
    // Not before it runs: a spare must not keep what is missed from starting.
    else spare.tend(current.release.spare ? current.release : null);
  }

  async function revive(dead: Current): Promise<void> {
    if (reportedDead !== dead.server.pid) report({ event: 'died', ...named() });
    reportedDead = dead.server.pid;
    const standing = spare.take(dead.release);
    if (standing !== null) {
      input.book.remove(dead.server);
      return replace(standing, dead.golden);
    }
    const launched = await revival.start(dead.release, Date.now() - Date.parse(dead.since));
    if (launched === null) return;
    input.book.remove(dead.server);
    if (launched.kind === 'failed') return;
    // It took a while: another version may have taken over.
    if (stopping || current?.server !== dead.server) return retire(input, launched.server);
    replace(launched.server, launched.golden);
  }

  function replace(server: RunningServer, golden: Current['golden']): void {
    current = { ...current!, server, golden, since: new Date().toISOString() };
    void front.switchTo(server.port, 0);
    onChange();
    report({ event: 'restarted', ...named() });
  }

  return {
    current: () => current,
    named,
    tend,
    sparePid: spare.pid,
    async adopt(before) {
      current = before;
      if (!isRunning(before.server)) return revive(before);
      await front.switchTo(before.server.port);
      report({ event: 'adopted', ...named() });
    },
    rename(release) {
      current = { ...current!, release };
    },
    async takeOver(release, { server, golden, replayed }, canary) {
      const before = current;
      current = { release, server, golden, since: new Date().toISOString() };
      const drained = front.switchTo(server.port);
      onChange();
      const from = before?.release.version ?? null;
      report({ event: 'switched', ...named(), from, golden, replayed, canary });
      await drained;
      if (before !== null) await retire(input, before.server);
    },
    async stop() {
      stopping = true;
      await Promise.all([current && retire(input, current.server), spare.drop(), revival.settled()]);
    },
  };
}
