import { mkdtempSync, rmSync } from 'node:fs';
import { isLockstepError, LockstepError, statePath, type Workspace } from '../workspace/index.ts';
import { fetchEntries, fileObjects } from './datasets.ts';
import { eachLimited } from './each-limited.ts';
import { makeFolder } from './folder.ts';
import type { LockEntry } from './lock/lock.ts';
import { readLock } from './lock/lock-file.ts';
import { selectEntries } from './selection.ts';
import { stateOf } from './status.ts';
import { digestOfFile } from './store/file-digest.ts';
import { openStore, type Store, storeAt } from './store/store.ts';
import { usingStore } from './store/store-use.ts';
import { isWhole } from './transfer/bring.ts';
import { readWorking } from './working-files/working-files.ts';

export interface VerifiedDataset extends LockEntry {
  /** `same` was hashed again; `absent` is no fault where another place has it. */
  readonly data: 'same' | 'absent' | 'different';
  readonly store: 'same' | 'absent' | 'different';
  readonly remote: 'same' | 'absent' | 'different' | 'not asked';
}

interface VerifyOptions {
  readonly only?: readonly string[] | undefined;
  readonly remote?: boolean;
  /** What `data.<environment>.lock` names; it has nothing under data/. */
  readonly for?: string | undefined;
}

/**
 * Hashes every byte of the datasets again, under data/ and in the store (a damaged copy there is dropped), and in
 * the remote when asked; trusts no memo. Says what it found; `checkVerified` judges it.
 */
export async function verifyData(
  workspace: Workspace,
  options: VerifyOptions = {},
): Promise<VerifiedDataset[]> {
  const store = openStore(workspace);
  const results: VerifiedDataset[] = [];
  const { for: environment } = options;
  for (const entry of selectEntries(readLock(workspace, environment), options.only, environment)) {
    results.push({
      ...entry,
      data: environment === undefined ? await verifyWorking(workspace, entry) : 'absent',
      store: await verifyStore(store, entry),
      remote: options.remote ? await verifyRemote(workspace, entry) : 'not asked',
    });
  }
  return results;
}

async function verifyWorking(workspace: Workspace, entry: LockEntry): Promise<VerifiedDataset['data']> {
  const { state } = stateOf(entry, await readWorking(workspace, entry, { files: forgetful, folders: null }));
  return state === 'same' ? 'same' : state === 'missing' ? 'absent' : 'different';
}

async function verifyStore(store: Store, entry: LockEntry): Promise<VerifiedDataset['store']> {
  if (!store.has(entry.digest)) return 'absent';
  if (!(await isWhole(store, entry.digest))) return 'different';
  const objects = await fileObjects(store, entry);
  if (!objects.every(({ digest }) => store.has(digest))) return 'absent';
  let whole = true;
  await eachLimited(objects, async ({ digest }) => {
    if (!(await isWhole(store, digest))) whole = false;
  });
  return whole ? 'same' : 'different';
}

const forgetful = {
  digestOf: (path: string) => digestOfFile(path),
  recall: () => null,
  learn: () => false,
  save: () => {},
};

/** Reads the objects from the remote through the same checks as a pull, and keeps none of them. */
async function verifyRemote(workspace: Workspace, entry: LockEntry): Promise<VerifiedDataset['remote']> {
  const scratch = mkdtempSync(`${makeState(workspace)}/verify-`);
  try {
    await usingStore(workspace, 'data verify', () => fetchEntries(workspace, [entry], storeAt(scratch)));
    return 'same';
  } catch (error) {
    if (isLockstepError(error, 'E_OBJECT_MISSING')) return 'absent';
    if (isLockstepError(error, 'E_DIGEST_MISMATCH') || isLockstepError(error, 'E_SIZE_MISMATCH'))
      return 'different';
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function makeState(workspace: Workspace): string {
  const folder = statePath(workspace, 'verify');
  makeFolder(folder);
  return folder;
}

/** Errors: E_DIGEST_MISMATCH when bytes differ anywhere, E_OBJECT_MISSING when a dataset is nowhere that was looked at. */
export function checkVerified(datasets: readonly VerifiedDataset[], environment?: string): void {
  const own = environment !== undefined;
  for (const { key, digest, data, store, remote } of datasets) {
    const places = { 'data/': data, 'the local store': store, 'the remote': remote };
    const wrong = Object.entries(places).find(([, state]) => state === 'different');
    if (wrong) {
      throw new LockstepError('E_DIGEST_MISMATCH', {
        what: `"${key}" has other bytes in ${wrong[0]}`,
        allowed: `expected ${digest}`,
        fix:
          wrong[0] === 'data/'
            ? '`lockstep data add` keeps the change, `lockstep data pull --force` drops it'
            : wrong[0] === 'the remote'
              ? 'push the dataset again from a checkout that has it'
              : `${own ? 'nothing to do' : 'run `lockstep data pull`'}: the damaged copy is gone and is fetched anew${own ? ' when it is trained on' : ''}`,
      });
    }
    if (!Object.values(places).includes('same')) {
      throw new LockstepError('E_OBJECT_MISSING', {
        what: `"${key}" (${digest}) is ${own ? 'not' : 'neither under data/ nor'} in the local store`,
        allowed: 'at least one copy here',
        fix: own
          ? `verify the remote with --remote, or lock it again where it lies: \`lockstep data add <file or folder> --as ${key} --for ${environment} --push\``
          : 'run `lockstep data pull`, or verify the remote with --remote',
      });
    }
  }
}
