import { existsSync, readFileSync } from 'node:fs';
import { type Digest, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';
import type { CanaryState } from './canary/state.ts';

/** `.lockstep/agent/state.json`: what the local agent runs. Written by the agent alone, read by `status` and `promote`. */
export interface AgentState {
  readonly v: 1;
  /** The agent's process, or null when it was stopped. */
  readonly pid: number | null;
  readonly started: string;
  /** URL or path the branch is read from; null for the repository itself. */
  readonly remote: string | null;
  readonly branch: string;
  /** By `<model>/<environment>`. */
  readonly environments: Readonly<Record<string, EnvironmentState>>;
  /** Every server process that was started and not yet seen to end, the candidates too. */
  readonly servers: readonly ServerProcess[];
}

export interface EnvironmentState {
  readonly model: string;
  readonly environment: string;
  /** What answers at `url`; null when nothing does. */
  readonly version: string | null;
  /** `name@sha256:…` */
  readonly image: string | null;
  readonly modelDigest: Digest | null;
  readonly url: string;
  readonly port: number;
  readonly serverPid: number | null;
  readonly serverPort: number | null;
  /** A second server of the same release that stands by; absent in what an older agent wrote. */
  readonly sparePid?: number | null;
  readonly golden: { readonly asked: number; readonly equal: number } | null;
  readonly since: string | null;
  /** The release that the folder asks for and the agent would not run. */
  readonly refused: Refusal | null;
  /** A new version that answers a share of the requests; absent in what an older agent wrote. */
  readonly canary?: CanaryState | null;
}

export interface Refusal {
  readonly version: string | null;
  readonly image: string | null;
  readonly reasons: readonly string[];
  readonly time: string;
  /** Content of the folder that a canary refused: the next agent does not try the same on clients again. */
  readonly tree?: string;
}

export interface ServerProcess {
  readonly pid: number;
  /** When the process began, as the system tells it: a process id alone may be another's by now. */
  readonly began: string | null;
}

export const agentStatePath = (workspace: Workspace): string => statePath(workspace, 'agent', 'state.json');

/** Null when no agent has ever run here. */
export function readAgentState(workspace: Workspace): AgentState | null {
  const path = agentStatePath(workspace);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as AgentState) : null;
}

export const writeAgentState = (workspace: Workspace, state: AgentState): void =>
  writeAtomic(agentStatePath(workspace), `${JSON.stringify(state, null, 2)}\n`);
