import { join } from 'node:path';
import { LockstepError } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import { checkPath } from '../lock/dataset-path.ts';
import { remoteAddress } from '../remotes/address.ts';
import type { Bucket, Listed } from '../remotes/bucket.ts';
import { openBucket } from '../remotes/open.ts';
import { type Fetched, writeArriving } from './arriving.ts';
import type { DatedSource } from './dated-source.ts';
import { mostFetched } from './url-source.ts';

const mostFiles = 1_000_000;

/**
 * A folder's key takes all that lies below the address, a file's key the one object there. Errors: E_REMOTE_*,
 * E_OBJECT_MISSING, E_DATA_KIND, E_PATH_* (names in a bucket are its writers').
 */
export async function fetchBucket(
  { key, asked }: Pick<DatedSource, 'key' | 'asked'>,
  target: string,
  root: string,
): Promise<Fetched> {
  const { base, prefix } = splitAddress(asked);
  const bucket = await openBucket(remoteAddress(base, root));
  const found: Listed[] = [];
  for await (const item of bucket.list(prefix)) {
    if (item.key.endsWith('/')) continue; // What consoles make for a folder.
    if (prefix !== '' && item.key !== prefix) continue;
    if (found.push(item) > mostFiles) throw wrongCount(asked, `over ${mostFiles}`, key);
  }
  if (found.length === 0) throw nothing(asked);
  if (!key.endsWith('/')) {
    if (found.length > 1) throw wrongCount(asked, String(found.length), key);
    await bring(bucket, found[0]!, target);
    return { kind: 'fetched', etag: null };
  }
  for (const item of found) checkPath(item.key);
  await eachLimited(found, (item) => bring(bucket, item, join(target, item.key)));
  return { kind: 'fetched', etag: null };
}

/** An address that does not end in `/` names an object beside others. */
function splitAddress(asked: string): { base: string; prefix: string } {
  const [, path, query] = /^([^?]*)(.*)$/s.exec(asked.replace(/^file:(?=[^/]*$)/, 'file:./'))!;
  const cut = path!.lastIndexOf('/') + 1;
  return { base: `${path!.slice(0, cut)}${query}`, prefix: path!.slice(cut) };
}

async function bring(bucket: Bucket, { key, size }: Listed, target: string): Promise<void> {
  const name = `${bucket.name} ${key}`;
  const download = await bucket.get(key);
  if (download === null) throw nothing(name);
  const { contentType, body } = download;
  try {
    const got = await writeArriving(target, { name, contentType, body, most: mostFetched });
    if (got !== size) throw cut(name, got, size);
  } finally {
    body.destroy();
  }
}

const cut = (name: string, got: number, size: number): LockstepError =>
  new LockstepError('E_REMOTE_FAILED', {
    what: `${name} brought ${got} bytes and was listed with ${size}`,
    allowed: 'an object that stays as it is meanwhile',
    fix: 'run the command again',
  });

const nothing = (place: string): LockstepError =>
  new LockstepError('E_OBJECT_MISSING', {
    what: `nothing lies at ${place}`,
    allowed: 'an object, or some below an address that ends in /',
    fix: 'correct the address, or name another day by --date',
  });

const wrongCount = (place: string, count: string, key: string): LockstepError =>
  new LockstepError('E_DATA_KIND', {
    what: `${count} objects lie below ${place}`,
    allowed: key.endsWith('/') ? `at most ${mostFiles}` : `one for the file ${key}`,
    fix: key.endsWith('/') ? 'name a narrower address' : `name the object, or call the dataset ${key}/`,
  });
