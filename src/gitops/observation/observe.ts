import type { Observation, ReleaseRecord } from '../../registry/index.ts';
import { isDigest, type Workspace } from '../../workspace/index.ts';
import type { CanaryState } from '../agent/canary/state.ts';
import { agentEntry, livingAgent } from '../agent/running.ts';
import type { AgentState, EnvironmentState } from '../agent/state.ts';
import type { Effects } from '../effects.ts';
import { imageReference } from '../folder/environment-folder.ts';

/** What can be seen of an environment from here. */
export type Sight =
  /** No agent runs here and no address is configured: nothing can be known. */
  | { readonly kind: 'nobody' }
  /** Somebody should answer, but nothing (or nothing sensible) does yet. */
  | ({ readonly kind: 'silent'; readonly url: string | null } & AgentWord)
  | ({ readonly kind: 'running'; readonly observation: Observation } & AgentWord);

/** What the agent alone knows. */
interface AgentWord {
  readonly refused: EnvironmentState['refused'];
  /** A version that answers a share of the requests by now. */
  readonly canary: CanaryState | null;
}

const requestTimeout = 2_000;

/** Asks the environment itself (`/v2/models/<model>`) what it runs. An image cannot name its own digest: that is the agent's word. */
export async function lookAt(
  workspace: Workspace,
  model: string,
  environment: string,
  now: Date,
  agent: AgentState | null = livingAgent(workspace),
): Promise<Sight> {
  const entry = agentEntry(agent, model, environment);
  const url = workspace.configuration.urls[environment] ?? entry?.url ?? null;
  const word = { refused: entry?.refused ?? null, canary: entry?.canary ?? null };
  if (url === null) return agent !== null ? { kind: 'silent', url, ...word } : { kind: 'nobody' };
  const running = await askModel(url, model);
  if (running === null) return { kind: 'silent', url, ...word };
  // The agent has switched and not yet said so: its word is the one that has the golden requests in it.
  if (entry && entry.version !== running.version) return { kind: 'silent', url, ...word };
  const observation: Observation = {
    environment,
    ...running,
    image: entry?.image ?? null,
    golden: entry?.golden ?? null,
    url,
    time: now.toISOString(),
  };
  return { kind: 'running', observation, ...word };
}

async function askModel(
  url: string,
  model: string,
): Promise<Pick<Observation, 'version' | 'modelDigest'> | null> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/v2/models/${model}`, {
      signal: AbortSignal.timeout(requestTimeout),
    });
    if (!response.ok) return null;
    const { parameters } = (await response.json()) as {
      parameters?: { version?: unknown; model_digest?: unknown };
    };
    const { version, model_digest: modelDigest } = parameters ?? {};
    return typeof version === 'string' && isDigest(modelDigest) ? { version, modelDigest } : null;
  } catch {
    return null; // Starting, draining or gone: silence is an answer too.
  }
}

export type Outcome =
  | { readonly kind: 'observed'; readonly observation: Observation }
  /** In Git, and nobody has been seen to run it: not verified. `canary` when it answers a share of the requests. */
  | { readonly kind: 'written'; readonly canary: CanaryState | null }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] };

export interface Awaited {
  readonly record: ReleaseRecord;
  readonly environment: string;
  /** How long to wait, in seconds. */
  readonly seconds: number;
  /** Refusals older than this are of an earlier try. */
  readonly since: Date;
}

/**
 * Waits until the environment answers with this version and model, or its agent refuses the image. A canary's steps
 * take hours: nobody waits for them.
 */
export async function awaitOutcome(
  workspace: Workspace,
  { record, environment, seconds, since }: Awaited,
  effects: Effects,
): Promise<Outcome> {
  const image = imageReference(record.image);
  const until = effects.now().getTime() + seconds * 1000;
  for (;;) {
    const sight = await effects.perform('observe', () =>
      lookAt(workspace, record.model, environment, effects.now()),
    );
    if (sight.kind === 'nobody') return { kind: 'written', canary: null };
    const { refused, canary } = sight;
    if (refused?.image === image && Date.parse(refused.time) >= since.getTime()) {
      return { kind: 'refused', reasons: refused.reasons };
    }
    if (sight.kind === 'running' && runs(sight.observation, record))
      return { kind: 'observed', observation: sight.observation };
    if (canary?.image === image) return { kind: 'written', canary };
    if (effects.now().getTime() >= until) return { kind: 'written', canary: null };
    await effects.pause(100);
  }
}

export const runs = (
  observation: Observation,
  { version, modelDigest }: Pick<ReleaseRecord, 'version' | 'modelDigest'>,
): boolean => observation.version === version && observation.modelDigest === modelDigest;
