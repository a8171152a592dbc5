import { existsSync, readFileSync } from 'node:fs';
import { streamTable } from '../data/index.ts';
import {
  type Finding,
  findingsOf,
  isTraining,
  type Miss,
  overlapFindings,
  profileTable,
  SplitOverlap,
  sharedMisses,
  type TableProfile,
} from '../evaluation/quality/index.ts';
import type { Expectation } from '../model/index.ts';
import {
  digestOfJson,
  isLockstepError,
  LockstepError,
  statePath,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import {
  aboutSource,
  type EnvironmentTraining,
  qualityLock,
  type Reader,
  readersOf,
  type Source,
  sourcesOf,
} from './quality-sources.ts';

export interface QualityReport {
  readonly tables: readonly TableProfile[];
  readonly findings: readonly Finding[];
  /** Expectations that are not met. */
  readonly misses: readonly Miss[];
  /** How many expectations were looked at. */
  readonly expectations: number;
}

export interface QualityOptions {
  /** Keys of data.lock, or files; every table of the model, or of data.lock, when empty. */
  readonly datasets?: readonly string[];
  readonly cwd?: string;
  /** The model whose expectations count; every model's when left out. */
  readonly model?: string | undefined;
  /** An environment's own data is looked at. */
  readonly own?: EnvironmentTraining | undefined;
  /** Tell the values of columns that have few, for a proposal. */
  readonly withValues?: boolean;
}

/**
 * Profiles datasets as they are locked and holds them against what models expect of them. A table that cannot be read
 * is a finding. Errors: E_DATA_MISSING, E_LOCK_*, E_OBJECT_MISSING, E_CONFIG_*, E_PIPELINE_*.
 */
export async function profileData(
  workspace: Workspace,
  options: QualityOptions = {},
): Promise<QualityReport> {
  const { withValues = false } = options;
  const readers = await readersOf(workspace, options.model, options.own?.commit);
  const sources = await sourcesOf(workspace, readers, options);
  const overlaps = new Map<string, SplitOverlap>();
  const findings: Finding[] = [];
  const profiles: TableProfile[] = [];
  // What is learnt from comes first, so that rows of the test data are said to stand in it, not the other way round.
  for (const source of sources.toSorted((a, b) => Number(isTraining(b.name)) - Number(isTraining(a.name)))) {
    const { declared, ...about } = aboutSource(readers, source);
    try {
      const stream = await streamTable(source.path, source.name);
      const columns = [...stream.names].sort().join('\n');
      if (sources.length > 1 && !overlaps.has(columns)) overlaps.set(columns, new SplitOverlap());
      const across = overlaps.get(columns);
      const options = { ...about, dataset: source.name, withValues, ...(across ? { across } : {}) };
      const profile = profileTable(stream, options);
      profiles.push(profile);
      findings.push(...findingsOf(profile, declared));
    } catch (error) {
      if (!isLockstepError(error) || !error.code.startsWith('E_TABLE_')) throw error;
      findings.push({ kind: 'unreadable', severity: 'error', dataset: source.name, what: error.message });
    }
  }
  const shared = [...overlaps.values()].flatMap((overlap) => overlap.overlaps());
  for (const overlap of shared) findings.push(...overlapFindings(overlap.part, [overlap]));
  const expected = readers.flatMap(({ file }) => file.data?.expectations ?? []);
  const tables = sources.flatMap(({ name }) => profiles.find(({ dataset }) => dataset === name) ?? []);
  return {
    tables,
    findings: findings.map((finding) => allowed(finding, expected)),
    misses: [
      ...tables.flatMap(({ misses }) => misses),
      ...expected.flatMap((one) =>
        sharedMisses(
          one,
          shared.filter(({ part, other }) => [part, other].includes(one.dataset ?? '')),
        ),
      ),
      ...(options.datasets?.length ? [] : readers.flatMap((reader) => nowhere(reader, tables))),
    ],
    expectations: new Set(sources.flatMap((source) => applying(readers, source))).size,
  };
}

/** The expectations that a source has to meet. */
const applying = (readers: readonly Reader[], { key }: Source): Expectation[] =>
  readers.flatMap(({ keys, file }) =>
    (file.data?.expectations ?? []).filter(({ dataset }) =>
      dataset === undefined ? keys.includes(key) : dataset === key,
    ),
  );

/** Where somebody has said how many rows two parts may share, the limit judges. */
function allowed(finding: Finding, expected: readonly Expectation[]): Finding {
  const isSaid = expected.some(
    (one) => one['shared-rows-at-most'] !== undefined && one.dataset === finding.dataset,
  );
  return finding.kind === 'leakage' && isSaid ? { ...finding, severity: 'doubt' } : finding;
}

/** An expectation of no dataset in particular is about a column that one of them has. */
const nowhere = ({ pipeline, file }: Reader, tables: readonly TableProfile[]): Miss[] =>
  (file.data?.expectations ?? []).flatMap(({ dataset, column }) =>
    dataset === undefined && !tables.some(({ columns }) => columns.some(({ name }) => name === column))
      ? [
          {
            dataset: `any of ${pipeline.model}`,
            ...(column === undefined ? {} : { column }),
            expected: 'a column of this name',
            found: 'no dataset has it',
            count: null,
            rows: [],
          },
        ]
      : [],
  );

/** For `--check`: null when every expectation is met and nothing was found that is an error. */
export function qualityError(
  report: QualityReport,
  model?: string,
  own?: EnvironmentTraining,
): LockstepError | null {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const hits = [
    ...report.misses.map(
      ({ dataset, column, expected, found }) => `${nameOf({ dataset, column })}: ${expected}, but ${found}`,
    ),
    ...errors.map((finding) => `${nameOf(finding)}: ${finding.what}`),
  ];
  if (hits.length === 0) return null;
  const more = hits.length > 3 ? `; and ${hits.length - 3} more` : '';
  const only = `${model ? ` --model ${model}` : ''}${own ? ` --for ${own.environment}` : ''}`;
  const whose = own ? ` of ${own.environment}` : '';
  return new LockstepError('E_DATA_QUALITY', {
    what: `${hits.slice(0, 3).join('; ')}${more}`,
    allowed: 'data as `data:` in model.yaml expects it, personal columns declared there',
    fix: `mend the data${whose}, or change what is expected of it (\`lockstep data profile --check${only}\` lists every hit)`,
  });
}

export const nameOf = ({ dataset, column }: { dataset: string; column?: string | undefined }): string =>
  column === undefined ? dataset : `${dataset}, ${column}`;

const version = 1;

/**
 * Before a model is trained: checks the datasets that its pipeline reads when model.yaml has a section `data`, and
 * remembers what passed by the digests of both. Errors: E_DATA_QUALITY.
 */
export async function checkDataOf(
  workspace: Workspace,
  model: string,
  own?: EnvironmentTraining,
): Promise<void> {
  const [reader] = await readersOf(workspace, model, own?.commit);
  if (!reader?.file.data) return;
  const { keys, file, pipeline } = reader;
  const { data } = file;
  const lock = await qualityLock(workspace, own);
  const locked = (lock?.entries ?? []).map(({ key, digest }) => [key, digest]);
  const { target, 'row-id': rowId = null } = pipeline.file.evaluate;
  const shown = file.inputs.filter((input) => input.public).map(({ name }) => name);
  const named = new Set([...keys, ...(data?.expectations ?? []).map(({ dataset }) => dataset)]);
  const read = locked.filter(([key]) => named.has(key));
  const key = digestOfJson({ version, data, read, keys: [...keys], target, rowId, shown });
  const memo = statePath(workspace, 'cache', `quality-${model}`);
  if (existsSync(memo) && readFileSync(memo, 'utf8') === key) return;
  const error = qualityError(await profileData(workspace, { model, own }), model, own);
  if (error) throw error;
  writeAtomic(memo, key);
}
