import type { CheckResult, Verdict } from '../gate/verdict.ts';
import { hexOf } from '../workspace/index.ts';
import type { Limits } from './comment.ts';
import { baselineName, headlineOf, signOf } from './headline.ts';
import { inert, inertCode } from './inert-text.ts';
import { type Detail, more, table } from './markdown-parts.ts';
import { plural } from './numbers.ts';
import { provenance } from './provenance.ts';
import type { ReportInput } from './report-input.ts';

/** `### ✅ **flight-delay** may be merged: better than v1.0.0 in production` */
export function headLine(input: ReportInput, most: number): string {
  const { outcome, claim, reason } = headlineOf(input);
  return `### ${signOf[outcome]} **${inert(input.model, 60)}** ${claim}: ${inert(reason, Math.max(most, 120))}`;
}

/** Who was judged on what, in one sentence under the headline. */
export function baselineLine(input: ReportInput, limit: Limits): string {
  const { evaluation, comparison, version } = input;
  const against = comparison ? ` against ${inert(baselineName(comparison), limit.text)}` : '';
  const first = comparison?.baseline.kind === 'simplest' ? 'First version, judged' : 'Judged';
  const folds = evaluation.folds === undefined ? '' : `, in ${evaluation.folds} folds`;
  const become =
    version === undefined || headlineOf(input).outcome === 'fail'
      ? ''
      : ` Merged, it would become **${inert(version, 40)}**.`;
  const commits =
    input.head === null
      ? ''
      : ` Commit ${shortCommit(input.head)}${input.base === null ? '' : `, base ${shortCommit(input.base)}`}.`;
  return `${first}${against} on ${plural(evaluation.rows, 'row')}${folds}.${become}${commits}`;
}

/** One line where all environments say the same, else a table that says why they differ. */
export function environmentSection({ verdicts }: ReportInput, limit: Limits): string {
  if (verdicts.length === 0) return '';
  const [first] = verdicts;
  const said = ({ verdict, reasons }: Verdict) => JSON.stringify([verdict, reasons]);
  const shown = verdicts.slice(0, limit.checks);
  const rest = more(verdicts.length, shown.length, 'environment');
  if (verdicts.every((verdict) => said(verdict) === said(first!))) {
    const line = shown.map(
      (one) => `${signOf[one.verdict]} ${inert(one.environment, 60)}${waitsFor(one, limit)}`,
    );
    const others = [...new Set(first!.reasons)]
      .slice(1, 4)
      .map((reason) => `\n- ${inert(reason, limit.text)}`);
    return line.join(' · ') + (others.length > 0 ? `\n${others.join('')}` : '') + rest;
  }
  const why = shown.map((verdict) => reasonsOf(verdict, limit));
  const rows = shown.map(({ environment, verdict }, index) => [
    inert(environment, 60),
    `${signOf[verdict]} ${verdict}`,
    index > 0 && verdict !== 'pass' && why[index] === why[0]
      ? `as ${inert(shown[0]!.environment, 60)}`
      : why[index]!,
  ]);
  return table(['Environment', 'Verdict', 'Why'], rows, ['l', 'l', 'l']) + rest;
}

/** ` (after staging)`: what an environment is asked only once another one has it. */
function waitsFor({ verdict, checks }: Verdict, limit: Limits): string {
  const from = checks.flatMap(({ outcome, check }) =>
    outcome === 'pending' && check.from !== undefined ? [check.from] : [],
  );
  if (verdict === 'fail' || from.length === 0) return '';
  const names = [...new Set(from)].slice(0, 3).map((name) => inert(name, limit.text));
  return ` (after ${names.join(', ')})`;
}

function reasonsOf({ verdict, reasons, checks }: Verdict, limit: Limits): string {
  const tally = `Checks: ${tallyOf(checks)}`;
  if (verdict === 'pass' && reasons.length === 0) return tally;
  const shown = reasons.slice(0, 3).map((reason) => inert(reason, limit.text));
  if (reasons.length > 3) shown.push(`and ${plural(reasons.length - 3, 'more reason')}`);
  return shown.join('<br>') || tally;
}

/** Each check once, with the environments it stands for: the shared ones are the same in all. */
export function checksSection({ verdicts }: ReportInput, limit: Limits): Detail | null {
  const checks = groupedChecks(verdicts);
  if (checks.length === 0) return null;
  const shown = checks.slice(0, limit.checks);
  const rows = shown.map(({ result, environments }) => [
    signOf[result.outcome],
    inertCode(result.id, limit.text),
    environments === null ? 'all' : environments.map((name) => inert(name, 40)).join(', '),
    inert(result.reason, limit.text * 2),
  ]);
  return {
    name: plural(checks.length, 'check'),
    title: `Checks: ${tallyOf(checks.map(({ result }) => result))}`,
    body:
      table(['', 'Check', 'In', 'What was found'], rows, ['c', 'l', 'l', 'l']) +
      more(checks.length, shown.length, 'check'),
  };
}

/** `4 hold, 1 pending` */
export function tallyOf(results: readonly CheckResult[]): string {
  const words = {
    fail: 'refused',
    inconclusive: 'inconclusive',
    waived: 'waived',
    pass: 'hold',
    pending: 'pending',
    'not-judged': 'not judged',
  };
  return Object.entries(words)
    .map(([outcome, word]) => ({
      word,
      count: results.filter((result) => result.outcome === outcome).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ');
}

const weight: Readonly<Record<CheckResult['outcome'], number>> = {
  fail: 0,
  inconclusive: 1,
  waived: 2,
  pending: 3,
  pass: 4,
  'not-judged': 5,
};

/** `environments` is null where all of them have it. */
export function groupedChecks(verdicts: readonly Verdict[]) {
  const found = new Map<string, { result: CheckResult; environments: string[] }>();
  for (const { environment, checks } of verdicts) {
    for (const result of checks) {
      const key = JSON.stringify([result.id, result.outcome, result.reason]);
      const group = found.get(key);
      if (group) group.environments.push(environment);
      else found.set(key, { result, environments: [environment] });
    }
  }
  return [...found.values()]
    .map(({ result, environments }) => ({
      result,
      environments: environments.length === verdicts.length ? null : environments,
    }))
    .sort((a, b) => weight[a.result.outcome] - weight[b.result.outcome]);
}

export function notesSection({ notes = [] }: ReportInput, limit: Limits): Detail | null {
  if (notes.length === 0) return null;
  const shown = notes.slice(0, limit.notes);
  return {
    name: plural(notes.length, 'note'),
    body:
      shown.map((note) => `- ${inert(note, limit.text * 2)}`).join('\n') +
      more(notes.length, shown.length, 'note'),
  };
}

/** What the verdict is bound to, by digest. */
export function footer(input: ReportInput): Detail {
  return {
    name: 'digests',
    title: 'What this speaks of',
    body: table(
      ['What', 'Digest or commit'],
      provenance(input).map(([name, value]) => [name, inertCode(value, 90)]),
      ['l', 'l'],
    ),
  };
}

const shortCommit = (commit: string): string =>
  inertCode(
    commit.startsWith('sha256:') ? hexOf(commit as `sha256:${string}`).slice(0, 7) : commit.slice(0, 7),
  );
