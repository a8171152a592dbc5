import { pathToFileURL } from 'node:url';
import { type Column, type Table, writeParquet } from '../../data/index.ts';
import type { DatedSource, Fetched } from '../../data/sources/index.ts';
import { resolveNative } from '../../model/index.ts';
import { isLockstepError, LockstepError, type Workspace } from '../../workspace/index.ts';
import { isOrdered } from './sql-order.ts';

/** Of @duckdb/node-api (1.5), what we call. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(
      path: string,
      options: Record<string, string>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>;
  };
}
interface Connection {
  run(sql: string): Promise<unknown>;
  stream(sql: string): Promise<Answer>;
  extractStatements(sql: string): Promise<{ readonly count: number }>;
  closeSync(): void;
}
interface Answer {
  deduplicatedColumnNames(): string[];
  fetchChunk(): Promise<{ readonly rowCount: number; getRows(): unknown[][] } | null>;
}

const file = 'lockstep.yaml';
const wantedPackage = '@duckdb/node-api@1.5.6-r.1';

/**
 * Answers the query with DuckDB on one thread, in the order it asks for, and writes Parquet whose bytes are stable.
 * Relative paths in it start at the root. Errors: E_NATIVE_MISSING, E_CONFIG_VALUE, E_SOURCE_FAILED.
 */
export async function runQuery(
  { root }: Workspace,
  { key, asked, date, declared }: DatedSource,
  target: string,
): Promise<Fetched> {
  if (!isOrdered(asked)) throw unordered(key);
  const { DuckDBInstance } = await loadDuckDb(root);
  const options = { threads: '1', file_search_path: root, allow_unsigned_extensions: 'false' };
  const instance = await DuckDBInstance.create(':memory:', options);
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'").catch(() => {}); // Without the extension icu there are no other zones.
    if (declared.from !== undefined) await attach(connection, declared.from.replaceAll('{date}', date ?? ''));
    if ((await connection.extractStatements(asked)).count !== 1) throw unordered(key);
    const table = await tableOf(await connection.stream(asked));
    await writeParquet(target, table);
    return { kind: 'fetched', etag: null };
  } catch (error) {
    if (isLockstepError(error)) throw error;
    throw new LockstepError('E_SOURCE_FAILED', {
      what: `the query of "${key}": ${(error as Error).message.replace(/\s+/g, ' ').slice(0, 300)}`,
      where: { file },
      fix: 'mend the query',
      cause: error,
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Not one of our dependencies: 70 MB that only who has such a source needs. */
async function loadDuckDb(root: string): Promise<DuckDb> {
  try {
    const found = (await import(pathToFileURL(resolveNative('@duckdb/node-api', root)).href)) as {
      default: DuckDb;
    };
    return found.default;
  } catch (error) {
    throw new LockstepError('E_NATIVE_MISSING', {
      what: `the package @duckdb/node-api ${isLockstepError(error) ? 'is not installed' : `does not load (${(error as Error).message})`}`,
      allowed: 'in $LOCKSTEP_MODULES, in the node_modules of the workspace, or beside Lockstep',
      fix: `run \`npm i -D ${wantedPackage}\``,
      cause: error,
    });
  }
}

/** `$NAME` keeps a password out of the file, and DuckDB's own words about the address out of ours. */
async function attach(connection: Connection, from: string): Promise<void> {
  const variable = /^\$([A-Za-z_]\w*)$/.exec(from)?.[1];
  const address = variable === undefined ? from : process.env[variable];
  if (!address) {
    throw new LockstepError('E_REMOTE_CREDENTIALS', {
      what: `$${variable} is not set`,
      where: { file },
      allowed: 'the database that `from:` names',
      fix: `set ${variable}`,
    });
  }
  try {
    await connection.run(`ATTACH '${address.replaceAll("'", "''")}' AS source (READ_ONLY)`);
    await connection.run('USE source');
  } catch (error) {
    throw new LockstepError('E_SOURCE_FAILED', {
      what: `the database ${from} cannot be attached${variable === undefined ? `: ${(error as Error).message.split('\n')[0]}` : ''}`,
      where: { file },
      fix: 'check the address, and that DuckDB has the extension for it',
    });
  }
}

async function tableOf(answer: Answer): Promise<Table> {
  const names = answer.deduplicatedColumnNames();
  const cells: unknown[][] = names.map(() => []);
  for (;;) {
    const chunk = await answer.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const row of chunk.getRows()) for (const [index, cell] of row.entries()) cells[index]!.push(cell);
  }
  return { rows: cells[0]?.length ?? 0, columns: names.map((name, index) => columnOf(name, cells[index]!)) };
}

/** By the table's own rules (src/data/tables/table.ts): finite numbers, else texts; integers beyond 2^53 make it text. */
function columnOf(name: string, cells: readonly unknown[]): Column {
  const values = cells.map(numberOf);
  return values.some((value) => value === null)
    ? { name, type: 'text', values: cells.map((cell) => (cell === null ? null : textOf(cell))) }
    : { name, type: 'number', values: Float64Array.from(values as number[]) };
}

/** Null for what is no number; NaN for a missing cell. */
function numberOf(cell: unknown): number | null {
  if (cell === null) return Number.NaN;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : Number.NaN;
  if (typeof cell === 'boolean') return Number(cell);
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : null;
  return isDecimal(cell) ? Number(String(cell)) : null;
}

const isDecimal = (cell: unknown): boolean =>
  typeof cell === 'object' && cell !== null && 'scale' in cell && 'width' in cell;

/** Times as ISO 8601. */
const textOf = (cell: unknown): string =>
  String(cell).replace(
    /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)(\+00)?$/,
    (_, day, time, zone) => `${day}T${time}${zone === undefined ? '' : 'Z'}`,
  );

const unordered = (key: string): LockstepError =>
  new LockstepError('E_CONFIG_VALUE', {
    what: `the query of "${key}" says no order for its rows`,
    where: { file },
    allowed: 'one SELECT with ORDER BY at its end, so that equal data are equal bytes',
    fix: 'add ORDER BY, or ORDER BY ALL',
  });
