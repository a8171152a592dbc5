import { type EnvironmentObservation, observe } from '../gitops/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'observe',
  summary: 'look once whether each environment runs what its folder names, and roll back what fails',
  positionals: '[model]',
  options: { in: { type: 'string' } },
  help: { in: 'this environment alone' },
  async run({ workspace, positionals, values }) {
    const observations = await observe(workspace, {
      ...(positionals[0] === undefined ? {} : { model: positionals[0] }),
      ...(typeof values.in === 'string' ? { environment: values.in } : {}),
    });
    const bad = observations.some(
      ({ sighting, rollback }) =>
        sighting.kind === 'unproven' || (sighting.kind === 'failing' && rollback === null),
    );
    return {
      json: observations,
      text: observations.length === 0 ? 'no environment to look at' : observations.flatMap(lines).join('\n'),
      exit: bad ? 1 : 0,
    };
  },
};

function lines({ model, environment, version, sighting, rollback }: EnvironmentObservation): string[] {
  const name = `${model} ${version ?? '?'} in ${environment}`;
  if (sighting.kind === 'unproven') return [`${name}: unproven`, `  ${sighting.problem}`];
  if (sighting.kind === 'verified')
    return [`${name}: verified, ${sighting.golden.equal} of ${sighting.golden.asked} golden requests equal`];
  if (sighting.kind === 'waiting') return [`${name}: not yet, ${sighting.what}`];
  if (sighting.kind === 'not observed')
    return [`${name}: not observed, no agent runs here and lockstep.yaml names no url`];
  if (sighting.kind === 'observed')
    return [`${name}: observed, its golden requests were not asked from here`];
  return [`${name}: fails`, ...sighting.reasons.map((reason) => `  ${reason}`), `  ${answer()}`];

  function answer(): string {
    if (rollback === null)
      return `lockstep rollback ${model} --in ${environment} --reason "…" puts back what ran before`;
    const { to, from, commit, proposal } = rollback;
    if (proposal !== null) return `back to ${to} is proposed on the branch ${proposal.branch}: merge it`;
    return `back to ${to}, ${from} is held (commit ${commit.slice(0, 12)})`;
  }
}
