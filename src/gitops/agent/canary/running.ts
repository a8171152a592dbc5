import { isAlive, type Workspace } from '../../../workspace/index.ts';
import { type EnvironmentState, readAgentState } from '../state.ts';

/** What a living agent here runs in an environment; null when none runs, or none knows it. */
export function agentEntry(
  workspace: Workspace,
  model: string,
  environment: string,
): EnvironmentState | null {
  const state = readAgentState(workspace);
  if (state === null || state.pid === null || !isAlive(state.pid)) return null;
  return state.environments[`${model}/${environment}`] ?? null;
}
