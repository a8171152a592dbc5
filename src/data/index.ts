// Datasets by hash: data.lock, the store, remotes, and tables read from them. Deeper in: `remotes/` one file a kind of
// place, behind `bucket.ts`; `transfer/` what travels and how (docs/formats/remote.md); `local-packs/` the store's small
// files; `gc/` and `forget/` what goes; `sources/` and `moving-in/` where datasets come from.
export { type AddOptions, type AddResult, addData } from './add.ts';
export { numberOf } from './cell.ts';
export { type BytesOptions, findManifest, haveObject } from './dataset-bytes.ts';
export { fileObjects } from './datasets.ts';
export { type DigestMemo, openMemo } from './digest-memo.ts';
export { ensureDataset } from './ensure.ts';
export { type ForgetRequest, type Forgotten, forgetData } from './forget/forget.ts';
export { type GcOptions, gcLocal, type LocalGc } from './gc/local.ts';
export { cleanRemote, type RemoteGc } from './gc/remote.ts';
export type { RootDataset, Roots, Tally } from './gc/roots.ts';
export {
  emptyLock,
  type Lock,
  type LockEntry,
  printLock,
  withEntry,
} from './lock.ts';
export { findLock, readLock, writeLock } from './lock-file.ts';
export { changedKeys, type LockMerge, mergeLocks, printMerge } from './lock-merge.ts';
export { parseLock } from './lock-parser.ts';
export type { ManifestFile } from './manifest.ts';
export { packObjects, unpackObjects } from './object-stream.ts';
export { parquetCompressors } from './parquet-compressors.ts';
export { writeParquet } from './parquet-writing.ts';
export { placeDataset } from './placing.ts';
export { type PullOptions, type PullResult, pullData } from './pull.ts';
export { type PushResult, pushData } from './push.ts';
export { openRemote, type Remote } from './remote.ts';
export { remoteAddress } from './remotes/address.ts';
export type { Bucket } from './remotes/bucket.ts';
export { openBucket } from './remotes/open.ts';
export { selectEntries } from './selection.ts';
export {
  checkUnchanged,
  type DataStatus,
  type DatasetStatus,
  statusData,
  workingState,
} from './status.ts';
export { type ObjectRef, objectPath, openStore, type Store, smallFile, storeAt } from './store.ts';
export { usingStore } from './store-use.ts';
export type { Column, NumberColumn, Table, TextColumn } from './table.ts';
export { cellText, column, selectRows } from './table-access.ts';
export { readTable } from './table-file.ts';
export {
  type Cell,
  type CellFaults,
  streamTable,
  type TableBatch,
  type TableStream,
} from './table-stream.ts';
export { type Conflict, type Item, type Side, sameItem } from './three-way.ts';
export { readTombstones, type Tombstone } from './tombstones.ts';
export { checkVerified, type VerifiedDataset, verifyData } from './verify.ts';
