import { launch, type Place, retire } from './launch.ts';
import { isRunning } from './process-identity.ts';
import { openRevival } from './revival.ts';
import type { RunningServer } from './server-process.ts';
import type { Release } from './wanted.ts';

/** A second server of what runs, tried and asked nothing, so that nobody waits for a start when the first one dies. */
export interface Spare {
  /** Sees to it that there is one of this release, or none. To be called often. */
  tend(release: Release | null): void;
  /** Hands it over; null when there is none that lives. */
  take(release: Release): RunningServer | null;
  /** Null while none stands by. */
  pid(): number | null;
  drop(): Promise<void>;
}

export function openSpare(place: Place, onChange: () => void): Spare {
  const revival = openRevival((release) => launch(place, release, null));
  let spare: { readonly server: RunningServer; readonly image: string; readonly since: number } | null = null;
  let dropped = false;

  async function start(release: Release): Promise<void> {
    const launched = await revival.start(
      release,
      spare === null ? Number.POSITIVE_INFINITY : Date.now() - spare.since,
    );
    if (launched?.kind !== 'running') return;
    if (dropped) return retire(place, launched.server);
    if (spare !== null) place.book.remove(spare.server);
    spare = { server: launched.server, image: release.image, since: Date.now() };
    onChange();
  }

  return {
    tend(release) {
      if (spare !== null && spare.image !== release?.image) {
        const { server } = spare;
        spare = null;
        void retire(place, server);
      }
      if (release === null || dropped || (spare !== null && isRunning(spare.server))) return;
      void start(release);
    },
    take({ image }) {
      if (spare === null || spare.image !== image || !isRunning(spare.server)) return null;
      const { server } = spare;
      spare = null;
      return server;
    },
    pid: () => (spare !== null && isRunning(spare.server) ? spare.server.pid : null),
    async drop() {
      dropped = true;
      if (spare !== null) await retire(place, spare.server);
      await revival.settled();
    },
  };
}
