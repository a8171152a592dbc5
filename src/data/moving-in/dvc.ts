import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError, parseJson, type Workspace } from '../../workspace/index.ts';
import { checkPath } from '../lock/dataset-path.ts';
import { PathCollisions } from '../lock/path-collisions.ts';
import type { Bucket, ByteRange } from '../remotes/bucket.ts';
import { openBucket } from '../remotes/open.ts';
import { readDescription } from './bringing-in.ts';
import { type DvcConfig, readDvcConfig } from './dvc-config.ts';
import { type DvcOut, readDvcRepository } from './dvc-files.ts';
import { isMap } from './loose-yaml.ts';
import { chosen, keyUnder } from './selecting.ts';
import type { About, Offer, Planned, Proof, Skipped, WantedFile, Whereabouts } from './wanted-file.ts';

export interface DvcOptions {
  /** Paths as DVC names them; everything when left out. */
  readonly only?: readonly string[] | undefined;
  /** Folder under data/. */
  readonly as?: string | undefined;
}

/** A million files of 100 bytes each. */
const mostManifest = 1 << 28;

/**
 * What a DVC repository offers. Bytes are looked for in its cache, its work tree and its remote, in this order; of a
 * remote only what is chosen is read. Errors: E_CONFIG_*, E_DIGEST_*, E_PATH_*, and those of `readProven`.
 */
export async function dvcOffer(workspace: Workspace, root: string, options: DvcOptions): Promise<Offer> {
  if (!existsSync(join(root, '.dvc'))) throw noRepository(root);
  const { outs, skipped, notTaken } = await readDvcRepository(root);
  const config = readDvcConfig(root);
  const buckets = openBuckets(config);
  const planned: Planned[] = [];
  const empty: Skipped[] = [];
  const about = new Map<string, About>();
  for (const out of chosen(outs, options.only)) {
    const folder = out.md5.endsWith('.dir');
    const key = keyUnder(options.as, out.path, folder);
    const plain: Planned = { key, from: out.stated, files: [wantedFile(out, out.md5, '')] };
    const item = folder ? await withFiles(plain, out) : plain;
    if (item.files.length === 0) empty.push({ path: out.path, reason: 'a folder without files' });
    else planned.push(item);
    if (out.description !== undefined) about.set(key, { description: out.description });
  }
  return { planned, skipped: [...skipped, ...empty], notTaken, about };

  function wantedFile(out: DvcOut, md5: string, path: string, size = out.size): WantedFile {
    const proof: Proof = { kind: 'md5', hex: md5.replace('.dir', ''), lines: out.legacy };
    return { path, proof, size, places: placesOf(out, md5, path) };
  }

  function placesOf(out: DvcOut, md5: string, path: string): Whereabouts[] {
    const [old, current] = [
      `${md5.slice(0, 2)}/${md5.slice(2)}`,
      `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`,
    ];
    const keys = out.legacy ? [old, current] : [current, old];
    const files = keys.map((key) => ({ name: 'its cache', path: join(config.cache, key) }));
    if (!md5.endsWith('.dir')) files.push({ name: 'its work tree', path: join(root, out.path, path) });
    const remote = buckets.of(out);
    const asked = remote === null ? [] : keys;
    return [
      ...files.map((file) => ({ kind: 'file' as const, ...file })),
      ...asked.map((key) => ({
        kind: 'download' as const,
        name: remote!.name,
        open: async (range?: ByteRange) => (await remote!.open())?.get(key, range) ?? null,
      })),
    ];
  }

  /** The `.dir` object: a JSON list of `{md5, relpath}`. */
  async function withFiles(plain: Planned, out: DvcOut): Promise<Planned> {
    const file = `${out.path} (${out.md5})`;
    const description = wantedFile(out, out.md5, '', null);
    const entries = parseJson(
      await readDescription(workspace, description, out.path),
      file,
      mostManifest,
    ).value;
    if (!Array.isArray(entries)) throw badManifest(file, 'no list');
    const collisions = new PathCollisions();
    const files = entries.map((entry, index): WantedFile => {
      const { md5, relpath } = isMap(entry) ? entry : {};
      if (typeof md5 !== 'string' || !/^[0-9a-f]{32}$/.test(md5))
        throw new LockstepError('E_DIGEST_FORMAT', {
          what: `the md5 ${JSON.stringify(md5)} of entry ${index + 1}`,
          where: { file },
          allowed: '32 lower-case hex digits',
        });
      if (typeof relpath !== 'string') throw badManifest(file, `entry ${index + 1} without relpath`);
      const path = checkPath(relpath, { file });
      const collision = collisions.add(path);
      if (collision) throw new LockstepError(collision.code, { ...collision, where: { file } });
      return wantedFile(out, md5, path, null);
    });
    return { ...plain, files, promised: { size: out.size, files: out.files } };
  }
}

interface OpenRemote {
  readonly name: string;
  /** Null where we can't read it. */
  open(): Promise<Bucket | null>;
}

/** Each remote is opened once, when something is asked of it. */
function openBuckets({ remotes, defaultRemote }: DvcConfig) {
  const opened = new Map<string, Promise<Bucket>>();
  return {
    of({ remote: own }: DvcOut): OpenRemote | null {
      const only = remotes.size === 1 ? [...remotes.keys()][0] : undefined;
      const remote = remotes.get(own ?? defaultRemote ?? only ?? '');
      if (remote === undefined) return null;
      const name = `its remote "${remote.name}"`;
      if (remote.kind === 'unreadable')
        return { name: `${name} (not read: ${remote.reason})`, open: async () => null };
      const open = () => {
        const bucket = opened.get(remote.name) ?? openBucket(remote.address);
        opened.set(remote.name, bucket);
        return bucket;
      };
      return { name, open };
    },
  };
}

const badManifest = (file: string, what: string): LockstepError =>
  new LockstepError('E_CONFIG_TYPE', {
    what,
    where: { file },
    allowed: 'a list of {md5, relpath}, as DVC writes it',
    fix: 'let DVC make the folder anew (`dvc commit`)',
  });

const noRepository = (root: string): LockstepError =>
  new LockstepError('E_DATA_MISSING', {
    what: `no DVC repository at ${root}`,
    allowed: 'a folder with .dvc in it',
    fix: 'lockstep data import dvc <folder>',
  });
