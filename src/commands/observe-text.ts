import type { EnvironmentObservation, Observed } from '../gitops/index.ts';

/** Where somebody has to look: evidence that does not hold, a failure that nobody undid. */
export const failingOf = ({ environments }: Observed): EnvironmentObservation[] =>
  environments.filter(
    ({ sighting, rollback }) =>
      sighting.kind === 'unproven' || (sighting.kind === 'failing' && rollback === null),
  );

export const isBad = (observed: Observed): boolean =>
  observed.recording.kind === 'failed' || failingOf(observed).length > 0;

/** For a person: a line for each environment, and what the branch says of it now. */
export function observationLines({ environments, recording }: Observed): string[] {
  if (environments.length === 0) return ['no environment to look at'];
  return [...environments.flatMap(linesOf), ...recordingLines(recording)];
}

function linesOf({ model, environment, version, sighting, rollback }: EnvironmentObservation): string[] {
  const name = `${model} ${version ?? '?'} in ${environment}`;
  switch (sighting.kind) {
    case 'unproven':
      return [`${name}: unproven`, `  ${sighting.problem}`];
    case 'verified':
      return [
        `${name}: verified, ${sighting.golden.equal} of ${sighting.golden.asked} golden requests equal`,
      ];
    case 'waiting':
      return [`${name}: not yet, ${sighting.what}`];
    case 'not observed':
      return [`${name}: not observed, ${sighting.why}`];
    case 'observed':
      return [`${name}: observed, ${sighting.why ?? 'its golden requests were not asked from here'}`];
    case 'failing':
      return [`${name}: fails`, ...sighting.reasons.map((reason) => `  ${reason}`), `  ${answer()}`];
  }

  function answer(): string {
    if (rollback === null)
      return `lockstep rollback ${model} --in ${environment} --reason "…" puts back what ran before`;
    const { to, from, commit, proposal } = rollback;
    if (proposal !== null) return `back to ${to} is proposed on the branch ${proposal.branch}: merge it`;
    return `back to ${to}, ${from} is held (commit ${commit.slice(0, 12)})`;
  }
}

function recordingLines(recording: Observed['recording']): string[] {
  switch (recording.kind) {
    case 'written':
      return [`recorded for ${recording.environments.join(', ')} (commit ${recording.commit.slice(0, 12)})`];
    case 'nothing new':
      return [];
    case 'dry run':
      return ['nothing written: --dry-run'];
    case 'pull-request mode':
      return ['not recorded: people merge what is written here, and nobody merges an observation'];
    case 'not trusted':
      return ["not recorded: lockstep.yaml trusts other keys than this machine's"];
    case 'failed':
      return [`not recorded: ${recording.message}`];
  }
}
