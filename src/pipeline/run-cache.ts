import { readFileSync, rmSync, statSync } from 'node:fs';
import type { DigestMemo, Store } from '../data/index.ts';
import { type Digest, hexOf, isDigest, statePath, type Workspace, writeAtomic } from '../workspace/index.ts';
import type { StageMaterial } from './fingerprint.ts';
import type { FileRef, StageRecord } from './run-record.ts';

export const stageRecordPath = (workspace: Workspace, fingerprint: Digest): string =>
  statePath(workspace, 'runs', 'stages', `${hexOf(fingerprint)}.json`);

/** What the cache has for a stage: its record, or why it must run. */
export type Cached =
  | { readonly kind: 'hit'; readonly record: StageRecord }
  | { readonly kind: 'miss' }
  /** There is a record, but outputs of it are gone from the store, or damaged there. */
  | { readonly kind: 'incomplete'; readonly missing: readonly string[] };

/** Looks a stage up and makes sure that its outputs are in the store with the bytes that the record names. */
export async function lookUpStage(
  workspace: Workspace,
  store: Store,
  memo: DigestMemo,
  fingerprint: Digest,
  outputs: readonly string[],
): Promise<Cached> {
  const record = readStageRecord(workspace, fingerprint);
  if (record === null || !outputs.every((name) => isFileRef(record.outputs[name]))) return { kind: 'miss' };
  const missing: string[] = [];
  for (const [name, ref] of Object.entries(record.outputs)) {
    if (!(await isIntact(store, memo, ref))) missing.push(name);
  }
  return missing.length === 0 ? { kind: 'hit', record } : { kind: 'incomplete', missing };
}

/** Written last, when the outputs are in the store: a record means a stage that finished. */
export function writeStageRecord(workspace: Workspace, record: StageRecord): void {
  writeAtomic(stageRecordPath(workspace, record.fingerprint), `${JSON.stringify(record, null, 2)}\n`);
}

async function isIntact(store: Store, memo: DigestMemo, { digest, size }: FileRef): Promise<boolean> {
  const path = store.pathOf(digest);
  if (!store.has(digest)) return false;
  if (statSync(path).size === size && (await memo.digestOf(path))?.digest === digest) return true;
  rmSync(path, { force: true }); // Left there it would pass for the right bytes when they are made again.
  return false;
}

function readStageRecord(workspace: Workspace, fingerprint: Digest): StageRecord | null {
  try {
    const record = JSON.parse(
      readFileSync(stageRecordPath(workspace, fingerprint), 'utf8'),
    ) as StageRecord | null;
    return record?.fingerprint === fingerprint && typeof record.outputs === 'object' ? record : null;
  } catch {
    return null; // Absent or damaged: the stage runs again.
  }
}

const isFileRef = (value: unknown): value is FileRef =>
  isDigest((value as FileRef | undefined)?.digest) && Number.isInteger((value as FileRef).size);

/** What each stage of a model was made of when it last ran here: `plan` compares with it to say why. */
export type LatestMaterials = Readonly<Record<string, StageMaterial>>;

const latestPath = (workspace: Workspace, model: string): string =>
  statePath(workspace, 'runs', 'latest', `${model}.json`);

export function readLatest(workspace: Workspace, model: string): LatestMaterials {
  try {
    const file = JSON.parse(readFileSync(latestPath(workspace, model), 'utf8')) as {
      v: number;
      stages: LatestMaterials;
    };
    return file.v === 1 ? file.stages : {};
  } catch {
    return {};
  }
}

export function writeLatest(
  workspace: Workspace,
  model: string,
  stage: string,
  material: StageMaterial,
): void {
  const stages = { ...readLatest(workspace, model), [stage]: material };
  writeAtomic(latestPath(workspace, model), `${JSON.stringify({ v: 1, stages }, null, 2)}\n`);
}
