import { join } from 'node:path';
import { unpackImage } from '../../image/index.ts';
import { isLockstepError, statePath, type Workspace } from '../../workspace/index.ts';
import { provideHostRuntime } from './host-runtime.ts';
import { lastRequests } from './prediction-log.ts';
import { endProcess } from './process-identity.ts';
import { type RunningServer, startServer } from './server-process.ts';
import type { ServerProcess } from './state.ts';
import { type AskGolden, tryServer } from './trial.ts';
import type { Release } from './wanted.ts';

/** The server processes there are, kept in the state file so that the next agent knows them all. */
export interface ServerBook {
  add(server: ServerProcess): void;
  remove(server: ServerProcess): void;
}

export interface Place {
  readonly workspace: Workspace;
  readonly model: string;
  readonly environment: string;
  readonly book: ServerBook;
  readonly askGolden: AskGolden;
}

export type Launch =
  | {
      readonly kind: 'running';
      readonly server: RunningServer;
      readonly golden: { readonly asked: number; readonly equal: number };
      readonly replayed: number | null;
    }
  | { readonly kind: 'failed'; readonly reasons: readonly string[] };

export const predictionLog = ({ workspace, model, environment }: Place): string =>
  statePath(workspace, 'agent', model, environment, 'predictions.jsonl');

/** Starts a release's server and tries it. One that fails is stopped again; nothing else is touched. */
export async function launch(place: Place, release: Release, replayCount: number | null): Promise<Launch> {
  let started: ServerProcess | null = null;
  const fail = async (reasons: readonly string[]): Promise<Launch> => {
    if (started !== null) await retire(place, started);
    return { kind: 'failed', reasons };
  };
  try {
    const rootfs = await unpackImage(place.workspace, release.imageDigest);
    provideHostRuntime(rootfs);
    const server = await startServer({
      rootfs,
      model: place.model,
      log: predictionLog(place),
      onSpawn: (process) => {
        started = process;
        place.book.add(process);
      },
    });
    const trial = await tryServer({
      url: `http://127.0.0.1:${server.port}`,
      model: place.model,
      version: release.version,
      modelDigest: release.modelDigest,
      rootfs: join(rootfs),
      requests: replayCount === null ? null : lastRequests(predictionLog(place), replayCount),
      askGolden: place.askGolden,
    });
    if (trial.kind === 'failed') return await fail(trial.reasons);
    return { kind: 'running', server, golden: trial.golden, replayed: trial.replayed };
  } catch (error) {
    return fail([
      isLockstepError(error) ? error.message : `defect of the agent: ${(error as Error).message}`,
    ]);
  }
}

/** Stops a server: it answers what it began, writes its log and ends. */
export async function retire({ book }: Place, server: ServerProcess): Promise<void> {
  await endProcess(server, 10_000);
  book.remove(server);
}
