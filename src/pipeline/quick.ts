import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import {
  cellText,
  ensureDataset,
  type Lock,
  type LockEntry,
  openStore,
  readTable,
  selectRows,
  type Table,
  writeParquet,
} from '../data/index.ts';
import { LockstepError, type Place, scratchPath, type Workspace } from '../workspace/index.ts';
import type { Pipeline } from './pipeline.ts';
import type { StageInput } from './stage-graph.ts';

/** Which rows a sample takes; another would be other models' quick runs too, so it stands in no file. */
const seed = 'lockstep quick 1';

/**
 * The pipeline as `quick:` has it: other params, and every dataset a sample of its rows, under its own name. A row is in
 * the sample by a hash of its cells, so the same table gives the same sample on every machine. What samples are is part
 * of each stage's fingerprint as any input is: a quick run never meets a full one in the cache.
 * Errors: E_QUICK_INPUT for a dataset that is no table; E_CONFIG_MISSING without `quick:`.
 */
export async function quickPipeline(
  workspace: Workspace,
  pipeline: Pipeline,
  lock: Lock | null,
): Promise<{ readonly pipeline: Pipeline; readonly lock: Lock | null }> {
  const { quick, params } = pipeline.file;
  if (quick === undefined) {
    throw new LockstepError('E_CONFIG_MISSING', {
      what: `${pipeline.model} has no quick run`,
      where: pipeline.parsed.locate([]),
      allowed: 'a section `quick: {rows: 5%, params: {…}}` in pipeline.yaml',
      fix: 'add one, or run the whole pipeline',
    });
  }
  const file = { ...pipeline.file, params: { ...params, ...quick.params } };
  const sampled =
    quick.rows === undefined || lock === null ? lock : await sampleAll(workspace, pipeline, lock);
  return { pipeline: { ...pipeline, file }, lock: sampled };
}

async function sampleAll(workspace: Workspace, pipeline: Pipeline, lock: Lock): Promise<Lock> {
  const share = Number(pipeline.file.quick!.rows!.slice(0, -1)) / 100;
  const samples = new Map<string, LockEntry>();
  for (const stage of pipeline.stages) {
    for (const [index, input] of stage.inputs.entries()) {
      if (input.kind !== 'data' || samples.has(input.key)) continue;
      const where = pipeline.parsed.locate(['stages', stage.name, 'inputs', index]);
      samples.set(input.key, await sampleOf(workspace, lock, input, share, where));
    }
  }
  return { ...lock, entries: lock.entries.map((entry) => samples.get(entry.key) ?? entry) };
}

async function sampleOf(
  workspace: Workspace,
  lock: Lock,
  { key }: StageInput & { kind: 'data' },
  share: number,
  where: Place,
): Promise<LockEntry> {
  if (!/\.(parquet|csv)$/i.test(key)) {
    throw new LockstepError('E_QUICK_INPUT', {
      what: `a quick run can't take a sample of "data:${key}"`,
      where,
      allowed: 'tables: .parquet and .csv',
      fix: 'leave `rows` out of `quick:`, or let the stage read fewer by a param that `quick:` sets',
    });
  }
  const store = openStore(workspace);
  const entry = await ensureDataset(workspace, lock, key);
  const table = await readTable(store.pathOf(entry.digest), key);
  const path = scratchPath(workspace, 'quick', `-${basename(key)}`);
  const rows = rowsOf(table, share);
  try {
    const ref = /\.csv$/i.test(key)
      ? await store.put(csvOf(selectRows(table, rows)))
      : await writeParquet(path, selectRows(table, rows)).then(() => store.putFile(path));
    return { ...entry, ...ref };
  } finally {
    rmSync(path, { force: true });
  }
}

/** At least one row: an empty table trains nothing. */
function rowsOf(table: Table, share: number): number[] {
  const most = Math.floor(share * 0x1_0000_0000);
  const taken: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const hash = createHash('sha256').update(seed);
    for (const column of table.columns) hash.update(`\0${cellText(column, row) ?? ''}`);
    if (hash.digest().readUInt32BE(0) < most) taken.push(row);
  }
  return taken.length > 0 || table.rows === 0 ? taken : [0];
}

function csvOf(table: Table): string {
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [table.columns.map(({ name }) => quoted(name)).join(',')];
  for (let row = 0; row < table.rows; row++)
    lines.push(table.columns.map((column) => quoted(cellText(column, row) ?? '')).join(','));
  return `${lines.join('\n')}\n`;
}
