import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bucketContract } from '../../../src/data/remotes/contract.ts';
import { ociBucket } from '../../../src/data/remotes/oci-bucket.ts';
import { startRegistry } from '../act/registry.ts';
import type { Suite, Tools } from '../suite.ts';
import { startCutter } from '../tools/cutter.ts';
import {
  assertSameData,
  cloneOf,
  fill,
  largeFile,
  makeDataProject,
  smallFiles,
  succeeded,
} from '../tools/data-project.ts';

export const suite: Suite = {
  name: 'oci-remote',
  shows: "Debian's registry keeps datasets, through its garbage collection, for those who may",
  minutes: 3,
  needs: { debian: { 'docker-registry': 'docker-registry' } },
  run: async (tools) => {
    const host = await startRegistry(tools);
    await bucketContract(async () => ociBucket(new URL(`oci://${host}/team/contract`), nobody));
    return [await collected(tools, host), await datasets(tools, host), await guarded(tools)].join(', ');
  },
};

const nobody = { HOME: '/nowhere' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const pathOf = (hex: string) => `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;

/** What maps and `keep` name survives; what nothing names does not, or this would show nothing. */
async function collected(tools: Tools, host: string): Promise<string> {
  const bucket = await ociBucket(new URL(`oci://${host}/team/kept`), nobody);
  const put = async (text: string, key = pathOf(sha256(text))) => {
    await bucket.put(key, Buffer.from(text), sha256(text));
    return { key, sha256: sha256(text), size: text.length };
  };
  const [pack, plain, stray] = [await put('a pack'), await put('plain'), await put('stray')];
  const map = await put(
    JSON.stringify({ v: 1, packs: [pack.sha256] }),
    `packs/${pathOf(sha256('folder'))}.json`,
  );
  await bucket.keep!([plain]);
  await collectGarbage(tools);
  for (const { key, size } of [pack, plain, map]) assert.deepEqual(await bucket.stat(key), { size }, key);
  assert.equal(await bucket.stat(stray.key), null, 'nothing names it');
  await bucket.remove([map.key, pack.key, plain.key]);
  for (const { key } of [pack, plain, map]) assert.equal(await bucket.stat(key), null, key);
  return 'kept through garbage-collect';
}

/** A push, a garbage collection, a pull by somebody who has only the lock. */
async function datasets(tools: Tools, host: string): Promise<string> {
  const remote = `oci://${host}/team/data`;
  const pushed = makeDataProject(tools, 'pushed', remote);
  await fill(pushed);
  succeeded(await pushed.data('push'));
  await collectGarbage(tools);
  await using cutter = await startCutter(host, 5_000_000);
  const clone = cloneOf(pushed, makeDataProject(tools, 'clone', `oci://${cutter.host}/team/data`));
  succeeded(await clone.data('pull'));
  assertSameData(pushed, clone);
  assert.equal(cutter.cuts, 1, 'the connection was cut once');
  assert.ok(cutter.bytes < 1.6 * largeFile, `${cutter.bytes} bytes came: not everything twice`);
  const again = succeeded(await pushed.data('push')) as { pushed?: { objects: number } };
  assert.equal(again.pushed?.objects, 0, 'the second time nothing is sent');
  const { tags } = (await (await fetch(`http://${host}/v2/team/data/tags/list`)).json()) as {
    tags: string[];
  };
  assert.deepEqual(tags.map((tag) => tag.split('-')[0]).sort(), ['chunks', 'keep', 'packs']);
  return `${smallFiles} small files and 20 MB pushed, and pulled through one cut`;
}

const collectGarbage = ({ programs, folder }: Tools): Promise<string> =>
  programs.run('docker-registry', ['garbage-collect', '--delete-untagged', join(folder, 'registry.yml')]);

/** Of the password "swordfish", as `htpasswd -B` writes it. */
const users = 'ada:$2b$04$9J8NrBe5n936TrZ6r2CNge7NTNe/GpvSeA5f8uZZaG8lU7UXPZuWu\n';

async function guarded(tools: Tools): Promise<string> {
  const folder = join(tools.folder, 'guarded');
  mkdirSync(folder);
  writeFileSync(join(folder, 'htpasswd'), users);
  const auth = { htpasswd: { realm: 'interop', path: join(folder, 'htpasswd') } };
  const host = await startRegistry({ ...tools, folder }, auth);
  const open = (more: NodeJS.ProcessEnv) =>
    ociBucket(new URL(`oci://${host}/team/data`), { ...nobody, LOCKSTEP_REGISTRY_HOST: host, ...more });
  const known = { LOCKSTEP_REGISTRY_USER: 'ada', LOCKSTEP_REGISTRY_TOKEN: 'swordfish' };
  const key = pathOf(sha256('x'));
  for (const env of [{}, { ...known, LOCKSTEP_REGISTRY_TOKEN: 'trout' }]) {
    const put = (await open(env)).put(key, Buffer.from('x'), sha256('x'));
    await assert.rejects(
      put,
      (error: Error) => /^E_REMOTE_CREDENTIALS: /.test(error.message) && !/trout/.test(error.message),
    );
  }
  const bucket = await open(known);
  await bucket.put(key, Buffer.from('x'), sha256('x'));
  assert.deepEqual(await bucket.stat(key), { size: 1 });
  return 'with a password too';
}
