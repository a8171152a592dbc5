import type { Workspace } from '../workspace/index.ts';
import type { Bucket } from './remotes/bucket.ts';
import { addressOf, openBucket } from './remotes/open.ts';

/** Where datasets' bytes live for others. */
export interface Remote {
  readonly bucket: Bucket;
  /** As messages name it: never with a credential. */
  readonly name: string;
  /** The folder of the repository's own `.data/`, which Git tracks and which therefore has limits; else null. */
  readonly embedded: string | null;
}

/** The remote that `lockstep.yaml` names. Errors: E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS. */
export async function openRemote(workspace: Workspace): Promise<Remote> {
  const address = addressOf(workspace);
  const bucket = await openBucket(address);
  const embedded = address.kind === 'file' && address.embedded ? address.folder : null;
  return { bucket, name: bucket.name, embedded };
}
