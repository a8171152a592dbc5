import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, LockstepError, statePath, type Workspace, withLock } from '../../workspace/index.ts';

/** How long a command waits for a clean-up, and a clean-up for commands, where nothing else is said (ms). */
const patience = 600_000;

interface Use {
  count: number;
  readonly entered: Promise<string>;
}

/** What this process has open: work within work must not wait for a clean-up that waits for it. */
const open = new Map<string, Use>();

const door = (workspace: Workspace): string => statePath(workspace, 'locks', 'store.json');
const room = (workspace: Workspace): string => statePath(workspace, 'locks', 'store');

/**
 * Works with the local store while no clean-up does: any number of processes at once. What they rely on stays there
 * until they are done. Errors: E_BUSY when a clean-up does not end.
 */
export async function usingStore<T>(workspace: Workspace, what: string, work: () => Promise<T>): Promise<T> {
  const { root } = workspace;
  const use = open.get(root) ?? { count: 0, entered: enter(workspace, what) };
  open.set(root, use);
  use.count++;
  try {
    await use.entered;
    return await work();
  } finally {
    if (--use.count === 0) {
      open.delete(root);
      await use.entered.then(
        (file) => rmSync(file, { force: true }),
        () => {},
      );
    }
  }
}

/** Through the door, which a clean-up keeps shut while it is at work. */
const enter = (workspace: Workspace, what: string): Promise<string> => {
  mkdirSync(room(workspace), { recursive: true });
  return withLock(door(workspace), { what, waitMs: patience }, async () => {
    const name = `${encodeURIComponent(hostname())}~${process.pid}~${encodeURIComponent(what)}`;
    const file = join(room(workspace), name);
    writeFileSync(file, '');
    return file;
  });
};

/** Works with the store while nobody else does. Errors: E_BUSY, which names who is at work, after `waitMs`. */
export async function cleaningStore<T>(
  workspace: Workspace,
  { what, waitMs = patience }: { readonly what: string; readonly waitMs?: number | undefined },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(room(workspace), { recursive: true });
  const until = Date.now() + waitMs;
  for (;;) {
    const left = Math.max(0, until - Date.now());
    const done = await withLock(door(workspace), { what, waitMs: left }, async () => {
      const user = userOf(room(workspace));
      return user === null ? { result: await work() } : { user };
    });
    if ('result' in done) return done.result;
    if (Date.now() >= until) {
      throw new LockstepError('E_BUSY', {
        what: `${what} waits for ${done.user}`,
        where: { file: room(workspace) },
        fix: 'let it finish, or stop it',
      });
    }
    await sleep(100);
  }
}

/** Somebody who is in the room, for a message; those who died there are carried out. */
function userOf(folder: string): string | null {
  for (const name of readdirSync(folder)) {
    const [host = '', pid = '', what = ''] = name.split('~').map(decodeURIComponent);
    if (host === hostname() && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
    else return `process ${pid} on ${host} (${what})`;
  }
  return null;
}
