import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import {
  emptyLock,
  ensureDataset,
  fileObjects,
  findLock,
  type Lock,
  type LockEntry,
  openStore,
  readLock,
  selectEntries,
  withEntry,
} from '../data/index.ts';
import type { ProfileOptions } from '../evaluation/quality/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import { listPipelines, type Pipeline, readPipeline } from '../pipeline/index.ts';
import { modelPath, type Workspace } from '../workspace/index.ts';
import { lockAt } from './locks-in-git.ts';

/** A model and the datasets that its pipeline reads. */
export interface Reader {
  readonly pipeline: Pipeline;
  readonly file: ModelFile;
  readonly keys: readonly string[];
}

/** A table to look at. */
export interface Source {
  /** As messages call it. */
  readonly name: string;
  /** The dataset it belongs to: itself, or a folder. */
  readonly key: string;
  readonly path: string;
}

/** What an environment trains on, in the place of everybody's data. */
export interface EnvironmentTraining {
  readonly environment: string;
  /** Whose pipeline, model.yaml and data.lock count; those of the work tree where nothing is trained yet. */
  readonly commit?: string | undefined;
}

/** Null where there is none. Errors: E_LOCK_MISSING for an environment that has no data of its own. */
export async function qualityLock(workspace: Workspace, own?: EnvironmentTraining): Promise<Lock | null> {
  if (own === undefined) return findLock(workspace);
  const { environment, commit } = own;
  if (commit !== undefined) return lockAt(workspace, commit, 'data.lock');
  return readLock(workspace, environment).entries.reduce(withEntry, findLock(workspace) ?? emptyLock);
}

/** The models whose expectations count: one, or all that have a model.yaml. */
export async function readersOf(
  workspace: Workspace,
  model: string | undefined,
  commit?: string,
): Promise<Reader[]> {
  const at = commit === undefined ? {} : { commit };
  const names = model === undefined ? listPipelines(workspace) : [model];
  const readers: Reader[] = [];
  for (const name of names) {
    if (model === undefined && !existsSync(modelPath(workspace, name, 'model.yaml'))) continue;
    const pipeline = await readPipeline(workspace, name, at);
    const inputs = pipeline.stages.flatMap((stage) => stage.inputs);
    const keys = [...new Set(inputs.flatMap((input) => (input.kind === 'data' ? [input.key] : [])))];
    readers.push({ pipeline, file: await readModelFile(workspace, name, at), keys });
  }
  return readers;
}

const tables = new Set(['.csv', '.tsv', '.tab', '.txt', '.parquet']);
const isTable = (name: string): boolean => tables.has(extname(name).toLowerCase());

interface Selection {
  readonly datasets?: readonly string[];
  readonly cwd?: string;
  readonly model?: string | undefined;
  readonly own?: EnvironmentTraining | undefined;
}

/**
 * The tables that were named (keys of data.lock, or files), else those that the model reads or its expectations name,
 * else all. Of a folder every table in it; other files are passed over. Brings the bytes, as locked, into the store.
 */
export async function sourcesOf(
  workspace: Workspace,
  readers: readonly Reader[],
  { datasets = [], cwd = workspace.root, model, own }: Selection,
): Promise<Source[]> {
  const lock = await qualityLock(workspace, own);
  const isKey = (name: string) =>
    lock?.entries.some(({ key }) => [name, `${name}/`, name.replace(/^data\//, '')].includes(key)) === true;
  const files = datasets.filter((name) => !isKey(name) && existsSync(resolve(cwd, name)));
  const keys = datasets.filter((name) => !files.includes(name));
  const wanted = datasets.length > 0 ? keys : model === undefined ? [] : expectedBy(readers);
  const filesAlone = datasets.length > 0 && keys.length === 0;
  const whole = lock ?? (filesAlone ? emptyLock : readLock(workspace));
  const entries = filesAlone ? [] : selectEntries(whole, wanted);
  const sources: Source[] = files.map((name) => ({ name, key: name, path: resolve(cwd, name) }));
  for (const entry of entries) {
    if (wanted.length > 0 || entry.files !== undefined || isTable(entry.key))
      sources.push(...(await tablesOf(workspace, whole, entry)));
  }
  return sources;
}

const expectedBy = (readers: readonly Reader[]): string[] =>
  readers.flatMap(({ keys, file }) => [
    ...keys,
    ...(file.data?.expectations ?? []).flatMap(({ dataset }) => (dataset === undefined ? [] : [dataset])),
  ]);

async function tablesOf(workspace: Workspace, lock: Lock, { key, files }: LockEntry): Promise<Source[]> {
  const entry = await ensureDataset(workspace, lock, key);
  const store = openStore(workspace);
  const objects = await fileObjects(store, entry);
  return objects
    .filter((object) => files === undefined || isTable(object.key))
    .map((object) => ({ name: object.key, key, path: store.pathOf(object.digest) }));
}

/** What the models that read a dataset say about it. */
export function aboutSource(
  readers: readonly Reader[],
  { name, key }: Source,
): Omit<ProfileOptions, 'dataset'> & { readonly declared: readonly string[] } {
  const mine = readers.filter(
    ({ keys, file }) => keys.includes(key) || file.data?.expectations?.some(({ dataset }) => dataset === key),
  );
  const named = (file: ModelFile) => file.inputs.filter((input) => input.public).map((input) => input.name);
  return {
    label: mine.map(({ pipeline }) => pipeline.file.evaluate.target)[0],
    ids: mine.flatMap(({ pipeline }) => pipeline.file.evaluate['row-id'] ?? []),
    shown: mine.flatMap(({ file }) => named(file)),
    declared: mine.flatMap(({ file }) => file.data?.personal?.columns ?? []),
    // Of a folder each table has to be as expected.
    expectations: mine.flatMap(({ file }) =>
      (file.data?.expectations ?? []).map((one) => (one.dataset === key ? { ...one, dataset: name } : one)),
    ),
  };
}
