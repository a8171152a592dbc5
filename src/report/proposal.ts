import type { CheckResult } from '../gate/verdict.ts';
import type { PromotionRecord, ReleaseRecord } from '../registry/index.ts';
import { signOf } from './headline.ts';
import { inert, inertCode, inertFenced } from './inert-text.ts';
import { folded, more, table } from './markdown-parts.ts';

/** A promotion that people are asked to merge. */
export interface ProposalInput {
  readonly record: ReleaseRecord;
  readonly promotion: PromotionRecord;
  /** What the environment names now; null when it names nothing. */
  readonly from: string | null;
  /** Paths that the commit changes. */
  readonly files: readonly string[];
  /** Branch that it is merged to. */
  readonly target: string;
  /** Addresses of our own making. */
  readonly links: { readonly run: string | null; readonly code: string | null };
  /** Lines that machines read of the commit's message, kept where a squash takes this text for its own. */
  readonly trailers: string;
}

const mostChecks = 40;
const mostFiles = 30;

/** What a promotion's pull request says: what changes, why it may, what happens when it is merged. */
export function renderProposal(input: ProposalInput): string {
  const { record, promotion, from, files, target, links, trailers } = input;
  const { model, version, environment } = promotion;
  const was = from === null ? 'which names nothing yet' : `where ${inert(from, 60)} is`;
  const shown = files.slice(0, mostFiles).map((path) => `- ${inertCode(path, 200)}`);
  const code = links.code === null ? [] : [`[What changed in the code](${links.code})`];
  const run = links.run === null ? [] : [`[The run that proposes it](${links.run})`];
  return [
    `**${inert(model, 60)} ${inert(version, 60)}** to **${inert(environment, 60)}**, ${was}.`,
    verdictSection(promotion.checks),
    observedLine(promotion),
    `Changes:\n${shown.join('\n')}${more(files.length, shown.length, 'file')}`,
    folded('Evidence', evidenceTable(record, promotion)),
    [...code, ...run].join(' · '),
    `Merged to ${inertCode(target)}, in whatever way, this is the promotion: the folder carries its own evidence, and the next run of lockstep-promote makes its tag. Closed, nothing happens.`,
    ['```text', ...trailers.split('\n').map((line) => inertFenced(line, 400)), '```'].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function verdictSection(checks: readonly CheckResult[]): string {
  if (checks.length === 0)
    return '✅ The verdict for this environment is a pass; its policy asks for nothing more.';
  const rows = checks
    .slice(0, mostChecks)
    .map(({ id, outcome, value, limit, reason }) => [
      signOf[outcome],
      inert(id, 120),
      value === null ? '' : inert(String(value), 30),
      limit === null ? '' : inert(String(limit), 30),
      inert(reason, 200),
    ]);
  const head = ['', 'Check', 'Value', 'Limit', 'Why'];
  return `✅ The verdict for this environment is a pass.\n\n${table(head, rows, ['c', 'l', 'r', 'r', 'l'])}${more(checks.length, rows.length, 'check')}`;
}

function observedLine({ observed, approvals }: PromotionRecord): string {
  const seen =
    observed === null
      ? 'Nobody was asked what the environment before this one runs.'
      : `${inert(observed.environment, 60)} was seen to run it at ${inert(observed.time, 40)}.`;
  const people = approvals.map(
    ({ by, id }) => `${inert(by, 60)}${id === undefined ? '' : ` (account ${id})`}`,
  );
  return people.length === 0 ? seen : `${seen} Let in by ${people.join(', ')}.`;
}

function evidenceTable(record: ReleaseRecord, promotion: PromotionRecord): string {
  const verdict = record.verdicts[promotion.environment]?.digest;
  const rows: (readonly [string, string | undefined | null])[] = [
    ['image', record.image.name],
    ['its digest', record.image.digest],
    ['model', record.modelDigest],
    ['commit', record.commit],
    ['verdict', verdict],
    ['evaluation', record.evaluation],
    ['policy', record.policy.digest],
    ['run', record.run],
    ['decided upon', promotion.tip],
    ['signed for', promotion.made.by],
  ];
  const known = rows.flatMap(([name, text]) => (text ? [[name, inertCode(text, 200)]] : []));
  return table(['What', 'Which'], known, ['l', 'l']);
}
