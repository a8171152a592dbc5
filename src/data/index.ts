// Datasets by hash. `lock/` is data.lock and its merges; `store/` the objects of this machine, `local-packs/` its small
// files; `working-files/` what lies in data/; `tables/` CSV and Parquet; `remotes/` one file a kind of place, behind
// `bucket.ts`; `transfer/` what travels and how (docs/formats/remote.md); `gc/` and `forget/` what goes; `sources/` and
// `moving-in/` where datasets come from. The commands themselves lie here.
export { type AddOptions, type AddResult, addData } from './add.ts';
export { type BytesOptions, findManifest, haveObject } from './dataset-bytes.ts';
export { fileObjects } from './datasets.ts';
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
} from './lock/lock.ts';
export {
  environmentOf,
  findLock,
  type LockedEntry,
  lockedEntries,
  lockName,
  lockNames,
  readLock,
  writeLock,
} from './lock/lock-file.ts';
export { changedKeys, type LockMerge, mergeLocks, printMerge } from './lock/lock-merge.ts';
export { parseLock } from './lock/lock-parser.ts';
export { type Conflict, type Item, type Side, sameItem } from './lock/three-way.ts';
export type { ManifestFile } from './manifest.ts';
export { packObjects, unpackObjects } from './object-stream.ts';
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
export { type ObjectRef, objectPath, openStore, type Store, smallFile, storeAt } from './store/store.ts';
export { usingStore } from './store/store-use.ts';
export { readTombstones, type Tombstone } from './store/tombstones.ts';
export { numberOf } from './tables/cell.ts';
export { parquetCompressors } from './tables/parquet-compressors.ts';
export { writeParquet } from './tables/parquet-writing.ts';
export type { Column, NumberColumn, Table, TextColumn } from './tables/table.ts';
export { cellText, column, selectRows } from './tables/table-access.ts';
export { readTable } from './tables/table-file.ts';
export {
  type Cell,
  type CellFaults,
  streamTable,
  type TableBatch,
  type TableStream,
} from './tables/table-stream.ts';
export { checkVerified, type VerifiedDataset, verifyData } from './verify.ts';
export { type DigestMemo, openMemo } from './working-files/digest-memo.ts';
