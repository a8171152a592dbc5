import { type Column, column, openStore, readTable, type Table } from '../data/index.ts';
import type { ModelFile } from '../model/index.ts';
import {
  type EvaluateSection,
  type FileRef,
  type Pipeline,
  type Report,
  type RunResult,
  readPipeline,
} from '../pipeline/index.ts';
import { isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import { type BaseRun, runAtBase } from './base-run.ts';
import { rowIdsOf, storeTable } from './scoring.ts';
import { trainingTable } from './training-rows.ts';

/** The rows that a candidate is judged on. */
export interface JudgedRows {
  readonly ref: FileRef;
  readonly table: Table;
  /** Of the base commit, so that a change can't choose how it is judged. */
  readonly evaluate: EvaluateSection;
  /** Why no verdict on these rows can pass, or null. */
  readonly doubt: string | null;
}

/**
 * The judge's rows are those that the base commit makes; a model that the base doesn't know brings its own.
 * Columns that the base's rows lack are joined by row id from the change's own.
 */
export async function judgedRows(
  workspace: Workspace,
  run: RunResult,
  modelFile: ModelFile,
  base: string | null,
): Promise<JudgedRows> {
  const own = run.pipeline.file.evaluate;
  const ownRef = rowsOf(run.outputs, own, run.pipeline);
  const basePipeline = await pipelineAtBase(workspace, run, base);
  if (basePipeline === null) return { ...(await load(workspace, ownRef, own)), doubt: null };
  const { evaluate } = basePipeline.file;
  const ref = await baseRows(workspace, basePipeline);
  if (ref.digest === ownRef.digest) return { ...(await load(workspace, ref, evaluate)), doubt: null };
  const rows = await load(workspace, ref, evaluate);
  const lacking = modelFile.inputs
    .map(({ name }) => name)
    .filter((name) => !rows.table.columns.some((column) => column.name === name));
  const doubt = await trainedOn(workspace, run, rows);
  if (lacking.length === 0) return { ...rows, doubt };
  const joined = await joinColumns(workspace, rows, await load(workspace, ownRef, own), lacking);
  if (joined !== null) return { ...rows, ...joined, doubt };
  return {
    ...(await load(workspace, ownRef, own)),
    doubt: `new columns (${lacking.join(', ')}), judged on main`,
  };
}

/** The base commit's own rows and no others: who hands over a candidate brings none. */
export async function rowsAtBase(
  workspace: Workspace,
  pipeline: Pipeline,
  report?: Report,
): Promise<{ readonly rows: Omit<JudgedRows, 'doubt'>; readonly made: BaseRun }> {
  const made = await runForRows(workspace, pipeline, report);
  const { evaluate } = pipeline.file;
  const rows = await load(workspace, rowsOf(made.outputs, evaluate, pipeline), evaluate);
  return { rows, made };
}

interface Loaded {
  readonly ref: FileRef;
  readonly table: Table;
  readonly evaluate: EvaluateSection;
}

const load = async (workspace: Workspace, ref: FileRef, evaluate: EvaluateSection): Promise<Loaded> => ({
  ref,
  evaluate,
  table: await readTable(openStore(workspace).pathOf(ref.digest), evaluate.data),
});

/** The pipeline of the base commit, or null when what ran is that very pipeline, or the base doesn't know the model. */
async function pipelineAtBase(
  workspace: Workspace,
  { record, pipeline }: RunResult,
  base: string | null,
): Promise<Pipeline | null> {
  if (base === null || (record.commit === base && !record.dirty)) return null;
  try {
    return await readPipeline(workspace, pipeline.model, { commit: base });
  } catch (error) {
    if (isLockstepError(error, 'E_PIPELINE_MISSING')) return null;
    throw error;
  }
}

async function baseRows(workspace: Workspace, pipeline: Pipeline): Promise<FileRef> {
  return rowsOf((await runForRows(workspace, pipeline)).outputs, pipeline.file.evaluate, pipeline);
}

async function runForRows(workspace: Workspace, pipeline: Pipeline, report?: Report): Promise<BaseRun> {
  const until = pipeline.stages.find(({ outputs }) => outputs.includes(pipeline.file.evaluate.data))?.name;
  if (until === undefined) throw noRows(pipeline);
  return runAtBase(workspace, pipeline, until, report);
}

function rowsOf(outputs: RunResult['outputs'], evaluate: EvaluateSection, pipeline: Pipeline): FileRef {
  const ref = outputs[evaluate.data];
  if (ref === undefined) throw noRows(pipeline);
  return ref;
}

const noRows = ({ parsed, file }: Pipeline): LockstepError =>
  new LockstepError('E_EVALUATE_ROWS', {
    what: `no stage makes ${file.evaluate.data}, the rows to judge on`,
    where: parsed.locate(['evaluate', 'data']),
    allowed: 'an output of a stage',
    fix: 'name the output that holds the target column',
  });

/** A model must not be judged on rows it was trained on. */
async function trainedOn(workspace: Workspace, run: RunResult, rows: Loaded): Promise<string | null> {
  const { 'row-id': rowId, folds } = rows.evaluate;
  if (rowId === undefined || folds !== undefined) return null;
  const train = await trainingTable(workspace, run);
  if (!train?.columns.some(({ name }) => name === rowId)) return null;
  const judged = new Set(rowIdsOf(rows.table, rowId));
  const seen = rowIdsOf(train, rowId).filter((id) => judged.has(id)).length;
  return seen === 0
    ? null
    : `the change trains on ${seen.toLocaleString('en-US')} of the ${judged.size.toLocaleString('en-US')} rows it would be judged on; judged on main`;
}

async function joinColumns(
  workspace: Workspace,
  rows: Loaded,
  own: Loaded,
  names: readonly string[],
): Promise<{ ref: FileRef; table: Table } | null> {
  const rowId = rows.evaluate['row-id'];
  if (rowId === undefined || !own.table.columns.some(({ name }) => name === rowId)) return null;
  const places = new Map(rowIdsOf(own.table, rowId).map((id, row) => [id, row]));
  const from = rowIdsOf(rows.table, rowId).map((id) => places.get(id));
  if (from.some((place) => place === undefined)) return null;
  const added = names.map((name): Column => {
    const source = column(own.table, name);
    return source.type === 'number'
      ? { ...source, values: Float64Array.from(from, (place) => source.values[place!]!) }
      : { ...source, values: from.map((place) => source.values[place!] ?? null) };
  });
  const table = { rows: rows.table.rows, columns: [...rows.table.columns, ...added] };
  return storeTable(workspace, table);
}
