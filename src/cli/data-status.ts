import { checkUnchanged, type DataStatus, type DatasetStatus, statusData } from '../data/index.ts';
import { type Lineage, readLineage } from '../data/sources/index.ts';
import type { Command } from './command.ts';

/** More lines than this help nobody; `--json` has them all. */
const mostLines = 40;

export const command: Command = {
  name: 'data status',
  summary: 'compare data/ with data.lock',
  positionals: '',
  options: { check: { type: 'boolean' } },
  help: { check: 'exit 1 when anything is missing or changed' },
  async run({ workspace, values }) {
    const status = await statusData(workspace);
    if (values.check === true) checkUnchanged(status);
    const lineage = readLineage(workspace);
    const datasets = status.datasets.map((one) => ({ ...one, ...sourceOf(lineage[one.key], one) }));
    return { json: { ...status, datasets }, text: describe(status) };
  },
};

/** Of the bytes that are locked; what was locked by hand since then has none. */
const sourceOf = (source: Lineage | undefined, { digest }: DatasetStatus) =>
  source?.digest === digest ? { source } : {};

function describe({ datasets, unlocked }: DataStatus): string {
  const different = datasets.filter(({ state }) => state !== 'same');
  const lines = [...different.map(describeDataset), ...unlocked.map((path) => `  not locked  data/${path}`)];
  const shown = lines.slice(0, mostLines);
  const more = lines.length > shown.length ? [`  and ${lines.length - shown.length} more`] : [];
  return [
    `${datasets.length - different.length} of ${datasets.length} datasets are as locked`,
    ...shown,
    ...more,
  ].join('\n');
}

const describeDataset = ({ key, state, detail }: DatasetStatus): string =>
  `  ${state.padEnd(10)}  data/${key}${detail === undefined ? '' : ` (${detail})`}`;
