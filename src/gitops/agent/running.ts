import { isAlive, type Workspace } from '../../workspace/index.ts';
import { type AgentState, type EnvironmentState, readAgentState } from './state.ts';
import { keyOf } from './wanted.ts';

/** What the agent that lives here says of itself; null when none does. */
export function livingAgent(workspace: Workspace): AgentState | null {
  const state = readAgentState(workspace);
  return state !== null && state.pid !== null && isAlive(state.pid) ? state : null;
}

/** What it runs in an environment; null when none lives, or it knows none. */
export const agentEntry = (
  agent: AgentState | null,
  model: string,
  environment: string,
): EnvironmentState | null => agent?.environments[keyOf({ model, environment })] ?? null;
