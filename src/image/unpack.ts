import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Digest,
  digestOf,
  diskFull,
  LockstepError,
  temporaryBeside,
  type Workspace,
} from '../workspace/index.ts';
import { type ArchiveFile, readArchive, unzip } from './archive.ts';
import { readConfig } from './base.ts';
import { type Layout, openImages } from './layout.ts';
import { annotation } from './oci.ts';
import { rootfsOf } from './unpack-process.ts';

/** What `unpackImage` does, in the process it starts. A folder that is there was put there whole by a rename. */
export async function unpackHere(workspace: Workspace, digest: Digest): Promise<string> {
  const rootfs = rootfsOf(workspace, digest);
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
