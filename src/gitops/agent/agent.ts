import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, statePath, type Workspace } from '../../workspace/index.ts';
import { adopt } from './adopt.ts';
import { fetchBranch, readTipCommit, type Source } from './branch.ts';
import { type Environment, openEnvironment } from './environment.ts';
import type { Report } from './events.ts';
import { type Front, openFront } from './front.ts';
import type { ServerBook } from './launch.ts';
import { endProcess } from './process-identity.ts';
import { type AgentState, readAgentState, type ServerProcess, writeAgentState } from './state.ts';
import type { AskGolden } from './trial.ts';
import { keyOf, type Wanted } from './wanted.ts';

export interface AgentInput extends Source {
  /** The folders of a commit of the branch, each verified. */
  readonly readWanted: (workspace: Workspace, commit: string) => Promise<readonly Wanted[]>;
  readonly askGolden: AskGolden;
  readonly report: Report;
  /** First of the environments' ports; free ones unless stated. A port once taken is kept. */
  readonly portBase?: number;
  /** How often the branch is looked at. */
  readonly pollMs?: number;
}

export interface Agent {
  state(): AgentState;
  /** Stops every server and leaves nothing running. */
  stop(): Promise<void>;
}

const tendMs = 100;

/**
 * The local agent: makes running model servers match the environment folders of a Git branch. One per workspace.
 * Resolves once what ran before is adopted. Errors: E_BUSY, which names the other agent; E_SERVE_PORT.
 */
export async function startAgent(workspace: Workspace, input: AgentInput): Promise<Agent> {
  const { remote, branch, report, pollMs = 1_000 } = input;
  const from = remote === null ? branch : `${remote}/${branch}`;
  const release = await acquireLock(statePath(workspace, 'agent', 'agent.lock'), {
    what: `lockstep up for ${from}`,
  });
  const before = readAgentState(workspace);
  const started = new Date().toISOString();
  const servers = new Set<ServerProcess>();
  const environments = new Map<string, Environment>();
  let stopped = false;
  let places = 0;

  const state = (): AgentState => ({
    v: 1,
    pid: stopped ? null : process.pid,
    started,
    remote,
    branch,
    environments: Object.fromEntries(
      [...environments].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, entry.state()]),
    ),
    servers: [...servers],
  });
  const save = () => writeAgentState(workspace, state());
  const book: ServerBook = {
    add: (server) => {
      servers.add(server);
      save();
    },
    remove: ({ pid }) => {
      for (const server of servers) if (server.pid === pid) servers.delete(server);
      save();
    },
  };

  async function open(model: string, environment: string): Promise<Environment> {
    const key = keyOf({ model, environment });
    const known = environments.get(key);
    if (known) return known;
    const front = await openPort(before?.environments[key]?.port, input.portBase, places++);
    if (stopped) {
      await front.close();
      throw new Error(`${key} came too late`);
    }
    const { askGolden } = input;
    const opened = openEnvironment({
      workspace,
      model,
      environment,
      front,
      book,
      askGolden,
      report,
      onChange: save,
    });
    environments.set(key, opened);
    return opened;
  }

  async function reconcile(commit: string): Promise<void> {
    const folders = await input.readWanted(workspace, commit);
    const keys = new Set(folders.map(keyOf));
    const work: Promise<void>[] = [];
    for (const wanted of folders) work.push((await open(wanted.model, wanted.environment)).apply(wanted));
    for (const [key, environment] of environments) {
      if (keys.has(key)) continue;
      environments.delete(key);
      const { model, environment: name } = environment.state();
      work.push(environment.stop().then(() => report({ event: 'removed', model, environment: name })));
    }
    save();
    settled = Promise.all(work);
  }

  let settled: Promise<unknown> = Promise.resolve();
  let ready = false;
  let tip: string | null = null;
  let trouble = '';

  /** A remote that can't be reached, or a branch that vanished, changes nothing of what runs. */
  async function poll(): Promise<void> {
    try {
      const now = await readTipCommit(workspace, input);
      if (now === null && tip !== null) throw new Error(`${from} is gone`);
      if (now !== null && now !== tip) {
        await fetchBranch(workspace, input);
        await reconcile(now);
        tip = now;
      }
      trouble = '';
    } catch (error) {
      if (stopped) return;
      const { message } = error as Error;
      if (message !== trouble) report({ event: 'unreachable', message });
      trouble = message;
      return;
    }
    if (ready) return;
    ready = true;
    void settled.then(() => stopped || report({ event: 'ready', environments: state().environments }));
  }

  report({ event: 'started', pid: process.pid, remote, branch });
  await adopt(before, open, book);
  save();
  // Apart from the polling: a remote that hangs must keep nobody from mending what runs.
  const tending = setInterval(() => {
    for (const environment of environments.values()) environment.tend();
  }, tendMs);
  const polling = (async () => {
    for (let next = 0; !stopped; await sleep(Math.min(tendMs, pollMs))) {
      if (Date.now() < next) continue;
      await poll();
      next = Date.now() + pollMs;
    }
  })();

  return {
    state,
    async stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(tending);
      const all = Promise.all([...environments.values()].map((environment) => environment.stop()));
      let ended = false;
      void all.finally(() => {
        ended = true;
      });
      // Candidates too, which no environment stands for yet.
      while (!ended)
        await Promise.all([...servers].map((server) => endProcess(server, 10_000)).concat(sleep(20)));
      await Promise.race([polling, sleep(2_000)]); // Git may be waiting for a network.
      await Promise.all([...servers].map((server) => endProcess(server, 0)));
      servers.clear();
      save();
      release();
      report({ event: 'stopped' });
    },
  };
}

const portPatienceMs = 2_000;

/** The port of last time, so that addresses stay; another when it is taken by now, and not for a moment only. */
async function openPort(last: number | undefined, base: number | undefined, place: number): Promise<Front> {
  if (last !== undefined) {
    for (const until = Date.now() + portPatienceMs; Date.now() < until; await sleep(50)) {
      const front = await openFront(last).catch(() => null);
      if (front !== null) return front;
    }
  }
  return openFront(base === undefined ? 0 : base + place);
}
