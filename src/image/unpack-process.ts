import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askChild, type Digest, hexOf, ownProgram, statePath, type Workspace } from '../workspace/index.ts';

export interface UnpackOrder {
  readonly root: string;
  readonly digest: Digest;
}

const worker = ownProgram(import.meta.url, './worker/unpack.ts');

/** Where an image is unpacked to. */
export const rootfsOf = (workspace: Workspace, digest: Digest): string =>
  join(statePath(workspace, 'agent', 'images', hexOf(digest)), 'rootfs');

/**
 * Unpacks our own layers of an image (not its base), verified, and returns their folder; one that is there already
 * is taken as it is. Errors: E_IMAGE_MISSING, E_DIGEST_MISMATCH, E_SIZE_MISMATCH, E_IMAGE_LAYOUT, E_ARCHIVE_*.
 */
export async function unpackImage(workspace: Workspace, digest: Digest): Promise<string> {
  const rootfs = rootfsOf(workspace, digest);
  if (existsSync(rootfs)) return rootfs;
  const order: UnpackOrder = { root: workspace.root, digest };
  return askChild<string>(worker, order, {
    cwd: workspace.root,
    died: (how) => new Error(`unpacking ${digest} ended by ${how}`),
  });
}
