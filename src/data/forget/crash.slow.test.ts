import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { expect, onTestFinished, test } from 'vitest';
import { exitOf, isLockstepError, openWorkspace, type Workspace } from '../../workspace/index.ts';
import { contentOf, digests, makeOld, makeRemote, manifestOf, readMember } from '../gc/test-world.ts';
import { writeLock } from '../lock/lock-file.ts';
import { openStore } from '../store/store.ts';
import { testWorkspace } from '../test-workspace.ts';
import { entries, gone, remoteOf, stays, works } from './crash-works.ts';

// kill -9 before each write, rename and removal that a clean-up or a `forget` does: 1 at least, until one ends by itself.

async function template(): Promise<Workspace> {
  const files = { 'lockstep.yaml': 'remote: file:remote\n', 'data/gone/f0': contentOf(0) };
  const workspace = testWorkspace(files);
  const folders = [gone, stays].map((members) => ({ members, needed: true }));
  await makeRemote(workspace, { folders, files: [], packed: [0, 3, 1, 4, 2, 5, 7, 8] });
  const store = openStore(workspace);
  for (const group of [
    [0, 1, 2, 3, 7],
    [4, 8],
  ]) {
    const packer = store.openPacker();
    for (const number of group) packer.add(digests[number]!, contentOf(number));
    packer.end();
  }
  for (const number of [5, 6, 9]) await store.put(contentOf(number));
  for (const members of [gone, stays]) await store.put(manifestOf(members));
  makeOld(store.root);
  writeLock(workspace, { entries });
  writeLock(workspace, { entries: entries.slice(0, 2) }, 'staging');
  return workspace;
}

const preload = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
let left = Number(process.env.KILL_AT);
for (const [place, names] of [[fs, ['renameSync', 'rmSync', 'writeFileSync', 'writeSync', 'linkSync']], [fs.promises, ['rename', 'rm', 'open']]])
  for (const name of names) {
    const real = place[name];
    place[name] = (...args) => {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL');
      return real(...args);
    };
  }
syncBuiltinESMExports();
const { works } = await import(process.env.WORKS);
const { openWorkspace } = await import(process.env.OPENER);
await works[process.env.WORK](openWorkspace(process.env.ROOT));
`;

/** Runs the work in a process that is killed before its nth change; true when it came to its end. */
async function killedAt({ root }: Workspace, work: string, nth: number): Promise<boolean> {
  const file = join(root, 'work.mjs');
  writeFileSync(file, preload);
  const env = {
    ...process.env,
    KILL_AT: `${nth}`,
    ROOT: root,
    WORK: work,
    WORKS: new URL('crash-works.ts', import.meta.url).href,
    OPENER: new URL('../../workspace/index.ts', import.meta.url).href,
  };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const { signal, code } = await exitOf(child);
  expect(signal ?? code).toBe(signal === null ? 0 : 'SIGKILL');
  return signal === null;
}

/** Everything of the folder that stays, here and in the remote, by the map that lies there. */
async function checkWhole(workspace: Workspace): Promise<void> {
  const store = openStore(workspace);
  for (const number of stays) {
    expect(await store.read(digests[number]!)).toEqual(contentOf(number));
    expect(await readMember(remoteOf(workspace), stays, number), `${number}`).toEqual(contentOf(number));
  }
}

/** What matters of a workspace at rest: every file of the remote, the lock, and which objects are here. */
const stateOf = ({ root }: Workspace) => ({
  remote: readdirSync(join(root, 'remote'), { recursive: true })
    .filter((name) => /sha256\/../.test(`${name}`) && !`${name}`.includes('.tmp-'))
    .sort(),
  locks: ['data.lock', 'data.staging.lock'].map((name) => readFileSync(join(root, name), 'utf8')),
  here: digests.map((digest) => openStore(openWorkspace(root)).has(digest)),
});

test.each(Object.keys(works))(
  '%s, killed before each change, loses nothing and can be run again',
  async (work) => {
    const original = await template();
    const reference = await template();
    await works[work]!(reference);
    const slots = pLimit(2);
    let ended = false;
    let kills = 0;
    const attempt = async (nth: number) => {
      if (ended) return;
      const root = `${original.root}-${nth}`;
      onTestFinished(() => rmSync(root, { recursive: true, force: true }));
      cpSync(original.root, root, { recursive: true, preserveTimestamps: true });
      const workspace = openWorkspace(root);
      if (await killedAt(workspace, work, nth)) ended = true;
      else kills++;
      await checkWhole(workspace);
      await works[work]!(workspace).catch((error: unknown) => {
        // Forgotten already, all of it.
        if (!isLockstepError(error, 'E_DATA_MISSING')) throw error;
      });
      await checkWhole(workspace);
      expect(stateOf(workspace), `killed before change ${nth}`).toEqual(stateOf(reference));
    };
    for (let nth = 0; !ended; nth += 8)
      await Promise.all(Array.from({ length: 8 }, (_, more) => slots(() => attempt(nth + more))));
    expect(kills).toBeGreaterThan(8);
  },
  300_000,
);
