// Datasets by hash: data.lock, the store, remotes, and tables read from them.
export {
  emptyLock,
  type Lock,
  type LockEntry,
  printLock,
  withEntry,
} from './lock.ts';
export { findLock, readLock, writeLock } from './lock-file.ts';
export { parseLock } from './lock-parser.ts';
export { writeParquet } from './parquet-writing.ts';
export { type ObjectRef, objectPath, openStore, type Store } from './store.ts';
export type { Column, NumberColumn, Table, TextColumn } from './table.ts';
export { cellText, column, selectRows } from './table-access.ts';
export { readTable } from './table-file.ts';
