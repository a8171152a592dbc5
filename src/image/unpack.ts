import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Digest,
  digestOf,
  diskFull,
  hexOf,
  LockstepError,
  statePath,
  temporaryBeside,
  type Workspace,
} from '../workspace/index.ts';
import { type ArchiveFile, readArchive, unzip } from './archive.ts';
import { readConfig } from './base.ts';
import { type Layout, openImages } from './layout.ts';
import { annotation } from './oci.ts';

/**
 * Unpacks our own layers of an image (not its base) to `.lockstep/agent/images/<hex>/rootfs`, every blob's digest and
 * size and every entry checked first; returns that folder. One that is there already was put there whole by a
 * rename, and is taken as it is.
 * Errors: E_IMAGE_MISSING, E_DIGEST_MISMATCH, E_SIZE_MISMATCH, E_IMAGE_LAYOUT, E_ARCHIVE_*.
 */
export async function unpackImage(workspace: Workspace, digest: Digest): Promise<string> {
  const folder = statePath(workspace, 'agent', 'images', hexOf(digest));
  const rootfs = join(folder, 'rootfs');
  if (existsSync(rootfs)) return rootfs;
  const files = await imageFiles(openImages(workspace), digest);
  const temporary = temporaryBeside(rootfs);
  try {
    writeFiles(temporary, files);
    renameSync(temporary, rootfs);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(rootfs)) throw diskFull(error, rootfs); // Another process may have been first.
  }
  return rootfs;
}

/** All files of our layers, a later layer's before an earlier one's. */
export async function imageFiles(layout: Layout, digest: Digest): Promise<ArchiveFile[]> {
  const manifest = layout.readManifest(digest);
  const { rootfs } = readConfig(layout, manifest.config);
  if (rootfs.diff_ids.length !== manifest.layers.length) {
    throw notOurs(digest, `${manifest.layers.length} layers but ${rootfs.diff_ids.length} diff ids`);
  }
  const files = new Map<string, ArchiveFile>();
  for (const [place, layer] of manifest.layers.entries()) {
    if (layer.annotations?.[annotation.layer] === undefined) continue;
    const file = layout.pathOf(layer.digest);
    const tar = unzip(layout.readBlob(layer.digest, layer.size), file);
    if (digestOf(tar) !== rootfs.diff_ids[place])
      throw notOurs(digest, `a layer that is not ${rootfs.diff_ids[place]}`);
    for (const entry of await readArchive(tar, file)) files.set(entry.path, entry);
  }
  if (!files.has('app/server.mjs')) throw notOurs(digest, 'no app/server.mjs');
  return [...files.values()];
}

function writeFiles(target: string, files: readonly ArchiveFile[]): void {
  for (const { path, bytes } of files) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { mode: 0o644, flag: 'wx' });
  }
}

const notOurs = (digest: Digest, what: string) =>
  new LockstepError('E_IMAGE_LAYOUT', {
    what: `the image ${digest} has ${what}`,
    allowed: 'an image that `lockstep image build` made',
  });
