import type { Workspace } from '../../workspace/index.ts';
import { type RemoteAddress, remoteAddress } from './address.ts';
import type { Bucket } from './bucket.ts';

/** The remote that `lockstep.yaml` names. Errors: E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS. */
export const addressOf = ({ configuration, root }: Workspace): RemoteAddress =>
  remoteAddress(configuration.remote, root);

/** Each kind's client is loaded when it is used. Errors: E_REMOTE_*. */
export async function openBucket(address: RemoteAddress): Promise<Bucket> {
  switch (address.kind) {
    case 'file':
      return (await import('./file-bucket.ts')).fileBucket(address.folder, address.name);
    case 'https':
      return (await import('./https-bucket.ts')).httpsBucket(address.url);
    case 's3':
      return (await import('./s3-bucket.ts')).s3Bucket(address.url);
    case 'gs':
      return (await import('./gs-bucket.ts')).gsBucket(address.url);
    case 'az':
      return (await import('./az-bucket.ts')).azBucket(address.url);
    case 'oci':
      return (await import('./oci-bucket.ts')).ociBucket(address.url);
  }
}
