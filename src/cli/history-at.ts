import type { HistoryAt, Placed } from '../gitops/index.ts';
import { shortDigest } from '../workspace/index.ts';
import { recordedText } from './recorded-text.ts';

/** What was where, model by model. */
export function describeMoment({ at, commit, source, environments, holds }: HistoryAt): string {
  const head = `as of ${clock(at)} UTC`;
  if (commit === null) return `${head}: nothing had been promoted yet`;
  const note = source === 'last fetched' ? ', as last fetched: origin could not be asked' : '';
  const models = [...new Set([...environments, ...holds].map(({ model }) => model))].sort();
  const lines = models.flatMap((model) => [
    model,
    ...environments.filter((entry) => entry.model === model).flatMap(describePlaced),
    ...holds
      .filter((entry) => entry.model === model)
      .map(({ version, by, reason }) => `  ${version} was held by ${by}: ${reason}`),
  ]);
  return [`${head} (commit ${commit.slice(0, 12)}${note})`, ...lines].join('\n');
}

function describePlaced({
  environment,
  version,
  image,
  event,
  by,
  since,
  reason,
  tag,
  evidence,
  recorded,
  problem,
}: Placed): string[] {
  const how = {
    promotion: 'promoted by',
    rollback: 'rolled back by',
    'by hand': 'put there by hand, by',
    hold: 'by',
    release: 'by',
  }[event];
  const why = reason === null ? '' : `: ${reason}`;
  const lines = [
    `  ${environment}  ${version ?? '?'}  ${image === null ? '' : `${shortDigest(image)}  `}since ${clock(since)}, ${how} ${name(by)}${tag === null ? '' : `, ${tag}`}${why}`,
  ];
  if (recorded !== null) lines.push(`    ${recordedText(recorded)}`);
  if (problem !== null) lines.push(`    ${problem}`);
  if (evidence === null) return lines;
  const { verdict, evaluation, policy, promotedBy, promotedAt, approvals } = evidence;
  lines.push(
    `    pass ${shortDigest(verdict)} by policy ${shortDigest(policy)}, evaluation ${shortDigest(evaluation)}, signed for ${name(promotedBy)} at ${clock(promotedAt)}`,
  );
  if (approvals.length > 0) {
    const people = approvals.map((one) => (one.id === undefined ? one.by : `${one.by} (account ${one.id})`));
    lines.push(`    approved by ${people.join(', ')}`);
  }
  return lines;
}

const clock = (time: string): string => time.slice(0, 19).replace('T', ' ');
const name = (person: string): string => person.replace(/ <.*>$/, '');
