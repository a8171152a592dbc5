/** What a commit of the branch did, told in its message to people and, in the last lines, to machines. */
export interface BranchEvent {
  readonly event: 'promotion' | 'rollback' | 'hold' | 'release';
  readonly model: string;
  readonly version: string;
  readonly environment?: string | undefined;
  readonly from?: string | undefined;
  readonly image?: string | undefined;
  readonly evaluation?: string | undefined;
  readonly tag?: string | undefined;
  readonly reason?: string | undefined;
  /** Address of the workflow run that rolled back: another attempt of it finds that it is done. */
  readonly run?: string | undefined;
}

const keys = [
  'event',
  'model',
  'version',
  'environment',
  'from',
  'image',
  'evaluation',
  'tag',
  'reason',
  'run',
] as const;

export const printMessage = (event: BranchEvent): string => `${summary(event)}\n\n${printTrailers(event)}\n`;

/** What machines read of a message, one line each. */
export const printTrailers = (event: BranchEvent): string =>
  keys
    .filter((key) => event[key] !== undefined)
    .map((key) => `Lockstep-${key[0]!.toUpperCase()}${key.slice(1)}: ${event[key]}`)
    .join('\n');

/** One line for people; also the first line of the promotion's tag. */
export function summary({ event, model, version, environment, from, reason }: BranchEvent): string {
  switch (event) {
    case 'promotion':
      return `${model}: ${version} to ${environment}${from ? ` (was ${from})` : ''}`;
    case 'rollback':
      return `${model}: ${environment} back to ${version} (was ${from}): ${reason}`;
    case 'hold':
      return `${model}: hold ${version}: ${reason}`;
    case 'release':
      return `${model}: release ${version}: ${reason}`;
  }
}

/** Null for a commit that was made by hand. */
export function parseMessage(message: string): BranchEvent | null {
  const found: Record<string, string> = {};
  // A forge that squashes may add who else had a part in it, or take the pull request's text, where a fence ends them.
  const own = message
    .trim()
    .replace(/(\n+(Co-authored-by|Signed-off-by): .*)+$/i, '')
    .replace(/\n```$/, '');
  for (const line of own.split('\n').reverse()) {
    const [, key, value] = /^Lockstep-([A-Z][a-z]+): (.*)$/.exec(line) ?? [];
    if (key === undefined) break;
    found[key.toLowerCase()] = value!;
  }
  const known =
    ['promotion', 'rollback', 'hold', 'release'].includes(found.event ?? '') && found.model && found.version;
  return known ? (found as unknown as BranchEvent) : null;
}
