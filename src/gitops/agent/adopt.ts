import { isDigest } from '../../workspace/index.ts';
import type { Environment } from './environment.ts';
import type { Current } from './incumbent.ts';
import type { ServerBook } from './launch.ts';
import { endProcess, isRunning } from './process-identity.ts';
import type { AgentState, EnvironmentState, ServerProcess } from './state.ts';
import { identityProblem } from './trial.ts';

/** Takes over the servers of an agent that was killed, and ends those that nothing stands for. */
export async function adopt(
  before: AgentState | null,
  open: (model: string, environment: string) => Promise<Environment>,
  book: ServerBook,
): Promise<void> {
  if (before === null) return;
  const kept = new Set<number>();
  const resume = async (old: EnvironmentState): Promise<void> => {
    const current = currentOf(old, before.servers);
    if (current === null) return;
    const url = `http://127.0.0.1:${current.server.port}`;
    const { version, modelDigest } = current.release;
    const ours =
      isRunning(current.server) && (await identityProblem(url, old.model, version, modelDigest)) === null;
    const server = ours ? current.server : { ...current.server, began: null };
    if (ours) {
      kept.add(current.server.pid);
      book.add(current.server);
    }
    await (await open(old.model, old.environment)).resume(
      { ...current, server },
      { canary: old.canary ?? null, refused: old.refused },
    );
  };
  await Promise.all(Object.values(before.environments).map(resume));
  const strays = before.servers.filter(({ pid }) => !kept.has(pid));
  await Promise.all(strays.map((server) => endProcess(server, 2_000)));
}

function currentOf(old: EnvironmentState, servers: readonly ServerProcess[]): Current | null {
  const { version, image, modelDigest, serverPid, serverPort, golden, since } = old;
  const imageDigest = image?.split('@')[1];
  if (version === null || image === null || modelDigest === null || !isDigest(imageDigest)) return null;
  const began = servers.find(({ pid }) => pid === serverPid)?.began ?? null;
  return {
    release: { version, image, imageDigest, modelDigest, replay: null, spare: false, canary: null },
    server: { pid: serverPid ?? 0, began, port: serverPort ?? 0 },
    golden,
    since: since ?? new Date(0).toISOString(),
  };
}
