import { createReadStream, createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Digest, hexOf, LockstepError, scratchPath, type Workspace } from '../workspace/index.ts';
import { fileObjects } from './datasets.ts';
import type { LockEntry } from './lock/lock.ts';
import { type ObjectRef, openStore } from './store/store.ts';

/** Writes the objects of these datasets into one file: `<64 hex> <bytes>` and LF before each. */
export async function packObjects(
  workspace: Workspace,
  entries: readonly LockEntry[],
  path: string,
): Promise<void> {
  const store = openStore(workspace);
  const digests = new Set<Digest>();
  for (const entry of entries) {
    digests.add(entry.digest);
    for (const { digest } of await fileObjects(store, entry)) digests.add(digest);
  }
  writeFileSync(path, '');
  for (const digest of digests) {
    const copy = scratchPath(workspace, 'object');
    try {
      await store.materialize(digest, copy);
      const handle = await open(copy);
      const { size } = await handle.stat();
      writeFileSync(path, `${hexOf(digest)} ${size}\n`, { flag: 'a' });
      await pipeline(handle.createReadStream(), createWriteStream(path, { flags: 'a' }));
    } finally {
      rmSync(copy, { force: true });
    }
  }
}

/** Takes such a file of anybody's into the store, every object by its own digest. Errors: E_HANDOVER_SHAPE, E_DIGEST_MISMATCH. */
export async function unpackObjects(workspace: Workspace, path: string): Promise<Map<Digest, ObjectRef>> {
  const store = openStore(workspace);
  const found = new Map<Digest, ObjectRef>();
  const handle = await open(path);
  try {
    const { size: whole } = await handle.stat();
    for (let at = 0; at < whole; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(96), 0, 96, at);
      const header = /^([0-9a-f]{64}) (\d{1,15})\n/.exec(buffer.toString('latin1', 0, bytesRead));
      const start = at + (header?.[0].length ?? 0);
      at = start + Number(header?.[2]);
      if (!header || at > whole) throw shape(path, start);
      const digest: Digest = `sha256:${header[1]}`;
      const ref = await takeRange(workspace, path, start, at);
      if (ref.digest !== digest) throw mismatch(digest, ref);
      found.set(digest, ref);
    }
  } finally {
    await handle.close();
  }
  return found;

  async function takeRange(from: Workspace, file: string, start: number, end: number): Promise<ObjectRef> {
    const copy = scratchPath(from, 'object');
    try {
      if (end === start) writeFileSync(copy, '');
      else await pipeline(createReadStream(file, { start, end: end - 1 }), createWriteStream(copy));
      return await store.putFile(copy);
    } finally {
      rmSync(copy, { force: true });
    }
  }
}

const shape = (path: string, at: number): LockstepError =>
  new LockstepError('E_HANDOVER_SHAPE', {
    what: `${path} has no whole object at byte ${at}`,
    allowed: 'objects, each behind its digest and size',
    fix: 'run the job again that made it',
  });

const mismatch = (digest: Digest, { digest: got, size }: ObjectRef): LockstepError =>
  new LockstepError('E_DIGEST_MISMATCH', {
    what: `an object that is handed over is ${got} (${size} bytes)`,
    allowed: digest,
    fix: 'run the job again that made it',
  });
