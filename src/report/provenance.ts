import type { ReportInput } from './report-input.ts';

/** What a report is bound to, by digest or commit, in the order of the way; what isn't known is left out. */
export function provenance(input: ReportInput): readonly (readonly [name: string, value: string])[] {
  const binding = input.verdicts[0]?.binding;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    [
      'commit',
      input.head === null
        ? null
        : input.head + (input.run.dirty ? ' with changes that are not committed' : ''),
    ],
    ['base', input.base],
    ['data.lock', input.run.lock],
    ['run', input.run.fingerprint],
    ['model', binding?.modelDigest],
    ['judged rows', input.evaluation.data],
    ['predictions', input.evaluation.predictions],
    ['evaluation', binding?.evaluation],
    ['comparison', binding?.comparison],
    ['policy', binding?.policy.digest],
    ['policy read at', binding ? (binding.policy.commit ?? 'the working tree') : null],
    ['environments at', binding?.tip],
  ];
  return rows.filter((row): row is [string, string] => typeof row[1] === 'string');
}
