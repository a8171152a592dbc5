// For crash.slow.test.ts: what is killed, in a process of its own.
import { join } from 'node:path';
import { digestOf, type Workspace } from '../../workspace/index.ts';
import { gcLocal } from '../gc/local.ts';
import { gcRemote } from '../gc/remote.ts';
import { fileEntry, folderEntry, manifestOf } from '../gc/test-world.ts';
import { lockedEntries } from '../lock/lock-file.ts';
import { fileBucket } from '../remotes/file-bucket.ts';
import { openStore } from '../store/store.ts';
import { forgetData } from './forget.ts';

export const gone = [0, 1, 2];
export const stays = [3, 4, 5, 1];
export const entries = [folderEntry('gone', gone), folderEntry('stays', stays), fileEntry(6)];
const root = (key: string, members: readonly number[]) => ({
  key,
  digest: digestOf(manifestOf(members)),
  folder: true,
  why: 'branches',
});
const roots = { datasets: [root('stays/', stays)], objects: new Map(), forgotten: new Set<never>() };
export const remoteOf = ({ root: folder }: Workspace) => ({
  bucket: fileBucket(join(folder, 'remote'), 'the remote'),
  name: 'the remote',
  embedded: null,
});

export const works: Readonly<Record<string, (workspace: Workspace) => Promise<unknown>>> = {
  'gc of the store': (workspace) => gcLocal(workspace, roots, { apply: true }),
  'gc of the remote': (workspace) =>
    gcRemote(remoteOf(workspace), openStore(workspace), roots, { apply: true, immediately: true }),
  forget: (workspace) =>
    forgetData(workspace, {
      key: 'gone/',
      versions: [root('gone/', gone)],
      current: lockedEntries(workspace).filter(({ key }) => key === 'gone/'),
      others: lockedEntries(workspace).filter(({ key }) => key !== 'gone/'),
      reason: 'r',
      by: 'b',
      at: '2026-11-27T05:00:00.000Z',
      derived: new Set<never>(),
      apply: true,
    }),
};
