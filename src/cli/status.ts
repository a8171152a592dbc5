import { canaryText, type EnvironmentStatus, type ModelStatus, statusOf } from '../gitops/index.ts';
import { shortDigest } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { recordedText } from './recorded-text.ts';

export const command: Command = {
  name: 'status',
  summary: 'show what is where: version, since when, observed or not',
  positionals: '[model]',
  options: {},
  help: {},
  async run({ workspace, positionals }) {
    const status = await statusOf(workspace, positionals[0]);
    const note = status.source === 'last fetched' ? ['(as last fetched: origin could not be asked)'] : [];
    const text =
      status.models.length === 0
        ? 'nothing has been promoted yet'
        : [...note, ...status.models.flatMap(describeModel)].join('\n');
    return { json: status, text };
  },
};

function describeModel({ model, environments, holds }: ModelStatus): string[] {
  const width = Math.max(...environments.map(({ environment }) => environment.length), 0);
  return [
    model,
    ...environments.flatMap((entry) => describeEnvironment(entry, width)),
    ...holds.map(({ version, by, reason }) => `  ${version} is held by ${by}: ${reason}`),
  ];
}

function describeEnvironment(entry: EnvironmentStatus, width: number): string[] {
  const { environment, version, image, since, state, running, refused, recorded, canary, problem, behind } =
    entry;
  // Where nobody can be asked from here, what the branch says is all that is known.
  const told = state === 'not observed' && recorded !== null;
  const seen =
    state === 'observed'
      ? `observed at ${running?.url}`
      : state === 'other version answers'
        ? `${running?.version} answers`
        : told
          ? recordedText(recorded)
          : state;
  const line = [
    environment.padEnd(width),
    version ?? '?',
    image && shortDigest(image),
    since && `since ${since.slice(0, 16).replace('T', ' ')}`,
    seen,
  ]
    .filter(Boolean)
    .join('  ');
  return [
    `  ${line}`,
    ...(recorded && !told ? [`    ${recordedText(recorded)}`] : []),
    ...(canary ? [`    ${canaryText(canary)}`] : []),
    ...(problem ? [`    ${problem}`] : []),
    ...(behind ? [`    ${environment} is ${distance(behind)}`] : []),
    ...refused.map((reason) => `    refused: ${reason}`),
  ];
}

function distance({ branch, commits, files }: NonNullable<EnvironmentStatus['behind']>): string {
  const which =
    files.length <= 3 ? files.join(', ') : `${files.slice(0, 2).join(', ')} and ${files.length - 2} more`;
  if (commits === null) return `copied from elsewhere than ${branch}, which has other manifests (${which})`;
  return `${commits === 1 ? 'one manifest change' : `${commits} manifest changes`} behind ${branch} (${which})`;
}
