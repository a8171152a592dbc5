import type { neededDatasets as NeededDatasets } from '../commands/needed-datasets.ts';
import { pullData } from '../data/index.ts';
import { amount, LockstepError } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'data pull',
  summary: 'bring the datasets of data.lock under data/, verified',
  positionals: '[dataset…]',
  options: {
    model: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
    whole: { type: 'boolean' },
    force: { type: 'boolean' },
    'hard-links': { type: 'boolean' },
  },
  help: {
    model: 'what the stages of this model read that would run now',
    only: 'of folders: these files from now on (train/, *.csv); the rest goes from data/',
    whole: 'of folders: all files again, after --only',
    force: 'replace what was changed under data/',
    'hard-links': 'large files share their bytes with the store, and are read-only',
  },
  async run({ workspace, positionals, values }) {
    const patterns = values.only as string[] | undefined;
    if (patterns && values.whole) {
      throw new LockstepError('E_USAGE', {
        what: '--only and --whole',
        allowed: 'one of them',
        fix: 'lockstep data pull --only <pattern>, or --whole',
      });
    }
    const models = (values.model as string[] | undefined) ?? [];
    const needed = models.length > 0 ? await neededOf(workspace, models, positionals) : null;
    const files = patterns ?? (values.whole ? null : undefined);
    const options = {
      only: needed?.map(({ key }) => key) ?? positionals,
      files,
      force: values.force === true,
      hardLinks: values['hard-links'] === true,
    };
    const result =
      needed?.length === 0
        ? { datasets: [], fetched: { objects: 0, bytes: 0 } }
        : await pullData(workspace, options);
    const placed = result.datasets.filter((dataset) => dataset.placed).length;
    const { objects, bytes } = result.fetched;
    return {
      json: result,
      text: `${placed} placed, ${result.datasets.length - placed} already there; ${objects === 1 ? '1 object' : `${amount(objects, 'count')} objects`} fetched (${amount(bytes, 'bytes')}), all verified`,
    };
  },
};

/** Loaded when asked for: a plain pull needs no pipelines. */
const neededOf = async (...args: Parameters<typeof NeededDatasets>): ReturnType<typeof NeededDatasets> =>
  (await import('../commands/needed-datasets.ts')).neededDatasets(...args);
