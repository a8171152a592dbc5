import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addData, type Column, cellText, column, readTable, type Table } from '../data/index.ts';
import { defaultPositive } from '../evaluation/index.ts';
import { proposePolicy } from '../gate/index.ts';
import type { Serving, Task } from '../model/index.ts';
import {
  checkName,
  LockstepError,
  modelPath,
  pipelinePath,
  tryGit,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import { checkLabels, checkTargetName, doubts, rowIdOf, unusable } from './init-columns.ts';
import { type Proposal, proposedFiles } from './init-files.ts';
import { inferInputs } from './init-inputs.ts';

export interface InitOptions {
  readonly model: string;
  /** CSV or Parquet; may lie anywhere. */
  readonly data: string;
  readonly target: string;
  readonly task?: Task;
  readonly positive?: string;
  /** Column that names rows. */
  readonly rowId?: string;
  /** Date column: the latest rows are judged, not a random share. */
  readonly time?: string;
  /** What runs it in a cluster: `deployment` unless stated. */
  readonly serving?: Serving;
}

export interface InitResult extends Proposal {
  readonly rows: number;
  readonly files: readonly string[];
  /** What a reader should know: columns left out or misread, rows without a target. */
  readonly notes: readonly string[];
}

/** Below this many rows a held-out fifth says too little: every row is judged, out of fold. */
const enoughRows = 20_000;

/**
 * Makes a new pipeline, model and policy from a table. Writes nothing unless all of it can be written; runs with
 * nothing committed and no Git identity. Errors: E_NAME, E_CONFIG_VALUE, E_TABLE_*, E_EVALUATE_TARGET, E_LOCK_*.
 */
export async function initModel(workspace: Workspace, options: InitOptions): Promise<InitResult> {
  const { model } = options;
  checkName(model, 'model');
  refuseExisting(workspace, model);
  const table = await readTable(options.data);
  const { proposal, notes } = propose(table, options);
  const { key } = await addTable(workspace, options);
  const files = proposedFiles({ ...proposal, dataset: key }, workspace.configuration.environments);
  for (const [path, text] of files) writeAtomic(join(workspace.root, path), text);
  const ignored = (await ignoreData(workspace)) ? ['.gitignore'] : [];
  return { ...proposal, dataset: key, rows: table.rows, files: [...files.keys(), ...ignored], notes };
}

/** Datasets are in the remote, not in Git. Whether `.gitignore` had to be told. */
async function ignoreData({ root }: Workspace): Promise<boolean> {
  const { status } = await tryGit(['check-ignore', '--quiet', 'data/x'], { cwd: root });
  if (status !== 1) return false; // 0: it is; anything else: no repository of Git.
  const path = join(root, '.gitignore');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeAtomic(path, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}/data/\n`);
  return true;
}

function refuseExisting(workspace: Workspace, model: string): void {
  for (const path of [pipelinePath(workspace, model), modelPath(workspace, model)]) {
    if (!existsSync(path)) continue;
    throw new LockstepError('E_CONFIG_VALUE', {
      what: `${model} is there already`,
      where: { file: path },
      allowed: 'a new name',
      fix: `choose another name, or remove pipelines/${model} and models/${model}`,
    });
  }
}

function propose(table: Table, options: InitOptions): { proposal: Proposal; notes: string[] } {
  const { model, target, time } = options;
  const labels = column(table, target, options.data);
  checkTargetName(target, options.data);
  if (time !== undefined) column(table, time, options.data);
  const rowId = rowIdOf(table, options.rowId, options.data);
  const task = options.task ?? inferTask(labels);
  const positive =
    task === 'binary-classification' ? (options.positive ?? defaultPositive(textsOf(labels))) : undefined;
  if (options.positive !== undefined && task === 'binary-classification')
    checkPositive(labels, options.positive);
  checkLabels(labels, task, positive);
  const leftOut = unusable(table);
  const inputs = inferInputs(table, [target, ...(rowId === undefined ? [] : [rowId]), ...leftOut.keys()]);
  if (inputs.length === 0) {
    throw new LockstepError('E_TABLE_COLUMN', {
      what: `no column beside "${target}"`,
      where: { file: options.data },
      allowed: 'at least one column to learn from',
    });
  }
  const proposal: Proposal = {
    model,
    dataset: '',
    task,
    target,
    ...(positive === undefined ? {} : { positive }),
    ...(rowId === undefined ? {} : { rowId }),
    ...(time === undefined ? {} : { time }),
    ...(table.rows < enoughRows && time === undefined ? { folds: 5 } : {}),
    slices: proposeSlices(
      table,
      inputs.filter(({ type }) => type === 'category').map(({ name }) => name),
    ),
    inputs,
    policy: proposePolicy(task),
    serving: options.serving ?? 'deployment',
  };
  return { proposal, notes: notesOn(table, labels, proposal, leftOut) };
}

function notesOn(
  table: Table,
  labels: Column,
  { target, inputs }: Proposal,
  leftOut: ReadonlyMap<string, string>,
): string[] {
  const missing = textsOf(labels).filter((text) => text === null).length;
  return [
    ...(missing === 0 ? [] : [`${missing} rows without a value of ${target} will be left out`]),
    ...[...leftOut].map(([name, why]) => `${name}: left out, ${why}`),
    ...doubts(
      table,
      inputs.map(({ name }) => name),
    ),
  ];
}

const textsOf = (labels: Column): (string | null)[] =>
  Array.from({ length: labels.values.length }, (_, row) => cellText(labels, row));

/** Two different values are classes; many numbers are a quantity. Errors: E_EVALUATE_TARGET. */
function inferTask(labels: Column): Task {
  const different = new Set<string>();
  for (let row = 0; row < labels.values.length && different.size < 3; row++) {
    const text = cellText(labels, row);
    if (text !== null) different.add(text);
  }
  if (different.size === 2) return 'binary-classification';
  if (different.size > 2 && labels.type === 'number') return 'regression';
  throw new LockstepError('E_EVALUATE_TARGET', {
    what: `the target "${labels.name}" has ${different.size > 2 ? 'more than two classes' : `${different.size === 0 ? 'no values' : 'only one value'}`}`,
    allowed: 'two classes, or a number',
    fix: 'name another column with --target',
  });
}

/** Errors: E_EVALUATE_TARGET. */
function checkPositive(labels: Column, positive: string): void {
  const classes = [...new Set(textsOf(labels))].filter((text) => text !== null);
  // Tables hold true and false as 1 and 0.
  const spelled = { true: '1', false: '0' }[positive.toLowerCase()] ?? positive;
  if (classes.includes(positive) || classes.includes(spelled)) return;
  throw new LockstepError('E_EVALUATE_TARGET', {
    what: `no row has the positive class "${positive}" in the target "${labels.name}"`,
    allowed: classes.slice(0, 5).sort().join(', '),
    fix: 'name one of them with --positive',
  });
}

/** At most three text columns with a handful of values: groups that a reader will ask about. */
function proposeSlices(table: Table, names: readonly string[]): string[] {
  const few = names.filter((name) => {
    const values = new Set<string | null>();
    const source = column(table, name);
    for (let row = 0; row < table.rows && values.size <= 12; row++) values.add(cellText(source, row));
    return values.size >= 2 && values.size <= 12;
  });
  return few.slice(0, 3);
}

async function addTable(workspace: Workspace, { model, data }: InitOptions): Promise<{ key: string }> {
  const inside = join(workspace.root, 'data');
  const name = data.split(/[\\/]/).at(-1)!;
  const { entry } = await addData(
    workspace,
    data,
    data.startsWith(`${inside}/`) ? {} : { as: `${model}/${name}` },
  );
  return entry;
}
