import { resolve } from 'node:path';
import { initModel } from '../commands/init.ts';
import type { Serving, Task } from '../model/index.ts';
import { bundleFolder } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './invocation.ts';

const tasks: readonly Task[] = ['binary-classification', 'regression'];
const servings: readonly Serving[] = ['deployment', 'kserve'];

export const command: Command = {
  name: 'init',
  summary: 'make a new model from a table: pipeline, model.yaml, policy',
  positionals: '[model]',
  options: {
    data: { type: 'string' },
    target: { type: 'string' },
    task: { type: 'string' },
    positive: { type: 'string' },
    'row-id': { type: 'string' },
    time: { type: 'string' },
    serving: { type: 'string' },
    deploy: { type: 'boolean' },
    workflows: { type: 'boolean' },
    actions: { type: 'string' },
    own: { type: 'boolean' },
    force: { type: 'boolean' },
  },
  help: {
    data: 'CSV or Parquet file; it is copied under data/ and locked by its sha256',
    target: 'column to predict',
    task: 'binary-classification or regression (default: inferred from the target)',
    positive: 'the positive class (default: yes, true or 1, else the rarer one)',
    'row-id': 'column that names the rows',
    time: 'date column: the latest rows are judged',
    serving: 'deployment (default) or kserve: which manifests deploy/ gets',
    deploy: 'no table: write deploy/ of a model anew, as its model.yaml says (serving: kserve)',
    workflows: 'no model: the workflows for a repository that is no copy of the template',
    actions: 'with --workflows: <owner>/<repository>@<commit> that has the actions (default: this release)',
    own: "no model: remove the examples, and what Lockstep's own development needs, from a copy of the template",
    force: 'with --workflows, --own or --deploy: also what was edited',
  },
  async run({ workspace, cwd, positionals, values }) {
    const { data, target, task, serving } = values;
    if (values.workflows === true)
      return (await import('./init-workflows.ts')).initWorkflows(workspace, values);
    if (values.own === true) {
      if (bundleFolder !== null)
        throw new UsageError(
          'init --own changes a copy of the template, by its own command: ./lockstep init --own',
        );
      return (await import('./init-own.ts')).initOwn(workspace, values);
    }
    if (positionals[0] === undefined)
      throw new UsageError(
        'lockstep init needs <model> — usage: lockstep init <model> --data <file> --target <column>',
      );
    if (values.deploy === true)
      return (await import('./init-deploy.ts')).initDeploy(workspace, positionals[0], values);
    if (typeof data !== 'string' || typeof target !== 'string') {
      throw new UsageError('lockstep init needs --data <file> and --target <column>');
    }
    if (task !== undefined && !tasks.includes(task as Task))
      throw new UsageError(`--task is one of ${tasks.join(', ')}`);
    if (serving !== undefined && !servings.includes(serving as Serving))
      throw new UsageError(`--serving is one of ${servings.join(', ')}`);
    const result = await initModel(workspace, {
      model: positionals[0],
      data: resolve(cwd, data),
      target,
      ...optional({
        task: task as Task | undefined,
        positive: values.positive,
        rowId: values['row-id'],
        time: values.time,
        serving: serving as Serving | undefined,
      }),
    });
    const { policy: _, ...json } = result;
    const kinds = Object.entries(Object.groupBy(result.inputs, ({ type }) => type)).map(
      ([type, list]) => `${list?.length} ${type}`,
    );
    return {
      json,
      text: [
        `${result.model}: ${result.task} of "${result.target}"${result.positive === undefined ? '' : ` (positive: ${result.positive})`} from ${result.rows.toLocaleString('en-US')} rows and ${result.inputs.length} columns (${kinds.join(', ')})`,
        ...result.files.map((file) => `  ${file}`),
        ...result.notes.map((note) => `note: ${note}`),
        '',
        `Next: lockstep run ${result.model}`,
      ].join('\n'),
    };
  },
};

/** Only the options that were given. */
function optional(values: Readonly<Record<string, unknown>>): Record<string, never> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<
    string,
    never
  >;
}
