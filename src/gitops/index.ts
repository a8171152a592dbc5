// Environments as folders of a Git branch: read, verified, promoted, rolled back.

export { type FolderFile, folderOf } from './environment-folder.ts';
export type { VerifiedRelease } from './evidence.ts';
export {
  branchRef,
  type Folder,
  fetchedRef,
  readFolder,
  readFolders,
  readTip,
  type Tip,
  tipAt,
} from './tip.ts';
export { type Finding, type FolderVerdict, verifyFolder } from './verify-folder.ts';
