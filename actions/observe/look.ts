import { observeWorld } from '../../src/commands/observe.ts';
import { failingOf, observationLines } from '../../src/commands/observe-text.ts';
import type { EnvironmentObservation } from '../../src/gitops/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { refuse } from '../kit/run.ts';

/** Looks, and says in the log what it saw. Red where somebody has to look too: what was rolled back is told by the branch. */
export async function lookAndTell(
  workspace: Workspace,
  token: string,
  alone: { readonly model?: string; readonly environment?: string },
): Promise<Record<string, string>> {
  const observed = await observeWorld(
    workspace,
    { ...alone, ask: 'required' },
    { ...process.env, GITHUB_TOKEN: token },
  );
  for (const line of observationLines(observed)) say(line);
  const { environments, recording } = observed;
  const failing = failingOf(observed);
  for (const one of failing) refuse('E_OBSERVED_FAILING', reasonOf(one));
  if (recording.kind === 'failed') refuse(recording.code, recording.message);
  return {
    recorded: recording.kind === 'written' ? recording.environments.join(' ') : '',
    'rolled-back': named(environments.filter(({ rollback }) => rollback !== null)),
    failing: named(failing),
  };
}

function reasonOf({ model, version, environment, sighting }: EnvironmentObservation): string {
  const name = `${model} ${version ?? '?'} in ${environment}`;
  if (sighting.kind === 'unproven') return `${name} is unproven: ${sighting.problem}`;
  return `${name} fails: ${sighting.kind === 'failing' ? sighting.reasons.join('; ') : ''}`;
}

const named = (found: readonly EnvironmentObservation[]): string =>
  found.map(({ model, environment }) => `${model}/${environment}`).join(' ');
