import { type Digest, isLockstepError } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import type { Store } from '../store/store.ts';
import { fetchBytes } from '../transfer/fetch-bytes.ts';

/** A manifest's bytes, from here or the remote, verified; null when it is in neither. */
export async function findManifest(
  remote: Remote,
  store: Store,
  { key, digest }: { readonly key: string; readonly digest: Digest },
): Promise<Buffer | null> {
  if (store.has(digest)) return store.read(digest);
  return fetchBytes(remote, { key, digest, size: null }, () => {}).catch((error: unknown) => {
    if (isLockstepError(error, 'E_OBJECT_MISSING')) return null;
    throw error;
  });
}
