import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../workspace/index.ts';
import { eachLimited } from './each-limited.ts';
import type { ManifestFile } from './manifest.ts';
import { type Store, smallFile } from './store/store.ts';
import type { DigestMemo } from './working-files/digest-memo.ts';
import { refuseOdd } from './working-files/folder-listing.ts';

/**
 * Takes files of a folder into the store, small ones by the thousand; what the memo knows and the store has is not read
 * again. Errors: E_DISK_FULL, E_DATA_KIND for what is no file any more; then nothing is lost that was there.
 */
export async function keepFiles(
  store: Store,
  folder: string,
  paths: readonly string[],
  memo?: DigestMemo,
  onFile: (done: number) => void = () => {},
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  const large: string[] = [];
  const packer = store.openPacker();
  try {
    for (const path of paths) {
      const startedAt = Date.now();
      const found = lstatSync(join(folder, path));
      if (!found.isFile()) refuseOdd(path, 'no file any more');
      const known = memo?.recall(join(folder, path), found) ?? null;
      if (known !== null && store.has(known)) files.push({ path, digest: known, size: found.size });
      else if (found.size > smallFile) large.push(path);
      else {
        const bytes = readFileSync(join(folder, path));
        const digest = digestOf(bytes);
        if (!store.has(digest)) packer.add(digest, bytes);
        if (bytes.length === found.size) memo?.learn(join(folder, path), found, startedAt, digest);
        files.push({ path, digest, size: bytes.length });
      }
      onFile(files.length);
    }
    packer.end();
  } catch (error) {
    packer.abandon();
    throw error;
  }
  await eachLimited(large, async (path) => {
    files.push({ path, ...(await store.putFile(join(folder, path))) });
    onFile(files.length);
  });
  return files;
}
