import { readFileSync } from 'node:fs';
import { digestOf, hexOf, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';

/** Maps of a remote that were read or written here, kept by their key. Losing them costs requests only. */
export interface KnownMaps {
  read(key: string): Buffer | null;
  keep(key: string, bytes: Uint8Array | string): void;
  readonly folder: string;
}

export function knownMaps(workspace: Workspace, remote: Remote): KnownMaps {
  const id = hexOf(digestOf(remote.name)).slice(0, 16);
  const folder = statePath(workspace, 'cache', `remote-${id}`);
  const pathOf = (key: string) => `${folder}/${key.replaceAll('/', '-')}`;
  return {
    folder,
    read(key) {
      try {
        return readFileSync(pathOf(key));
      } catch {
        return null;
      }
    },
    keep: (key, bytes) => writeAtomic(pathOf(key), bytes),
  };
}
