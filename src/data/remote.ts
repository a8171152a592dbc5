import type { Workspace } from '../workspace/index.ts';
import { fileRemote } from './file-remote.ts';
import type { Wanted } from './receive.ts';
import { remoteAddress } from './remote-address.ts';
import type { ObjectRef } from './store.ts';

/** Where datasets' bytes live for others. */
export interface Remote {
  /** As messages name it: never with a credential. */
  readonly name: string;
  /** Streams an object to a temporary file, verified and synced. Errors: E_OBJECT_MISSING, E_REMOTE_*, as `receive`. */
  fetch(object: Wanted, temporary: string, onBytes?: (count: number) => void): Promise<void>;
  /** Refuses what it will not take, before anything is sent. Errors: E_REMOTE_READ_ONLY, E_REMOTE_TOO_LARGE. */
  plan(objects: readonly PushObject[]): Promise<readonly PushObject[]>;
  push(object: PushObject): Promise<void>;
}

export interface PushObject extends ObjectRef {
  readonly key: string;
  /** Where the bytes lie on this machine. */
  readonly path: string;
}

/** The remote that `lockstep.yaml` names. Errors: E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS. */
export async function openRemote(workspace: Workspace): Promise<Remote> {
  const address = remoteAddress(workspace.configuration.remote, workspace.root);
  if (address.kind === 'file') return fileRemote(address);
  const { httpsRemote } = await import('./https-remote.ts');
  return httpsRemote(address.url);
}
