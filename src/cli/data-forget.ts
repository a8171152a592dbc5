import { type ForgetReport, forget } from '../commands/forget.ts';
import { amount } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { textOption } from './option-values.ts';

export const command: Command = {
  name: 'data forget',
  summary: 'delete a dataset, in all its versions, wherever Lockstep keeps it',
  positionals: '<dataset>',
  options: { reason: { type: 'string' }, file: { type: 'string' }, yes: { type: 'boolean' } },
  help: {
    reason: 'why, for everybody who meets an old version (required)',
    file: 'only this file of a folder, by its path in it',
    yes: 'delete (default: show the plan)',
  },
  async run({ workspace, positionals, values }) {
    const report = await forget(workspace, {
      dataset: positionals[0]!,
      file: values.file as string | undefined,
      reason: textOption(values, 'reason', 'data forget'),
      apply: values.yes === true,
    });
    return { json: report, text: textOf(report) };
  },
};

const most = 10;
const some = (items: readonly string[]): string =>
  `${items.slice(0, most).join(', ')}${items.length > most ? ` and ${items.length - most} more` : ''}`;

function textOf(report: ForgetReport): string {
  const { applied, dataset, versions, files, local, remote, shared, unknown, models, pipelines } = report;
  const locks = report.locks.map(({ lock }) => lock);
  const packs = remote.packs > 0 ? `, written anew: ${remote.packs} packs, ${remote.maps} maps` : '';
  return [
    `${applied ? 'forgotten' : 'would be forgotten'}: ${dataset}, ${versions} version${versions === 1 ? '' : 's'}, ${amount(files, 'count')} file${files === 1 ? '' : 's'}`,
    ...(locks.length > 0 ? [`  in ${locks.join(', ')}: what it says of it`] : []),
    '  under data/: the working copy',
    `  in the local store: ${local.objects} objects, and ${local.derived} cached outputs made of it`,
    `  in ${remote.name}: ${remote.objects} objects${packs}`,
    ...(shared.length > 0
      ? [
          `  stays, since other datasets have the same bytes: ${some(shared.map(({ key, lock }) => `${key} of ${lock}`))}`,
        ]
      : []),
    ...(unknown.length > 0
      ? [
          `  not followed, since the manifest is nowhere: ${some(unknown)}; \`lockstep data gc\` removes what they left`,
        ]
      : []),
    'not reached:',
    "  other people's clones (there `lockstep data gc --apply`, once they have data.tombstones.json), backups, notebooks",
    ...(remote.name.startsWith('oci:') ? ["  the registry's disk, until it collects its garbage"] : []),
    ...(remote.inGit.length > 0
      ? [
          "  Git's history, which has what lay in .data/. To rewrite it, with everybody's consent:",
          `    git filter-repo --invert-paths ${remote.inGit
            .map((path) => `--path ${path}`)
            .slice(0, most)
            .join(' ')}`,
        ]
      : []),
    `  models made with it: ${models.length === 0 ? 'none that this clone knows of' : some(models)}`,
    ...(pipelines.length > 0 ? [`  pipelines that still name it: ${some(pipelines)}`] : []),
    applied
      ? `next: commit ${[...locks, 'data.tombstones.json'].join(', ')}, and let others pull them`
      : 'nothing is deleted yet: add --yes, when nobody pushes meanwhile',
  ].join('\n');
}
