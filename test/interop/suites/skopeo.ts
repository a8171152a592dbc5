import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Suite, Tools } from '../suite.ts';
import { freePort } from '../tools/free-port.ts';
import { exampleModel, makeRelease } from '../tools/project.ts';

export const suite: Suite = {
  name: 'skopeo',
  shows: 'skopeo inspects our OCI layout and copies an image to a registry and back, digest unchanged',
  minutes: 2,
  needs: { debian: { skopeo: 'skopeo', 'docker-registry': 'docker-registry' } },
  run: copyThereAndBack,
};

interface Inspected {
  readonly Digest: string;
  readonly Os: string;
  readonly Architecture: string;
  readonly Layers: readonly string[];
}

async function copyThereAndBack(tools: Tools): Promise<string> {
  const { root, image } = await makeRelease(tools);
  const digest = image.split('@')[1]!;
  const port = await freePort();
  const registry = await startRegistry(tools, port);
  const skopeo = (...args: readonly string[]) => tools.programs.run('skopeo', ['--insecure-policy', ...args]);
  const inspect = async (source: string, ...more: readonly string[]) =>
    JSON.parse(await skopeo('inspect', ...more, source)) as Inspected;

  const ours = `oci:${join(root, '.lockstep/images')}:${image.split('@')[0]}:v1.0.0`;
  const remote = `docker://127.0.0.1:${port}/${exampleModel}`;
  const back = `oci:${join(tools.folder, 'back')}:v1.0.0`;
  const inLayout = await inspect(ours);
  assert.deepEqual([inLayout.Digest, inLayout.Os, inLayout.Architecture], [digest, 'linux', 'amd64']);
  await skopeo('copy', '--preserve-digests', '--dest-tls-verify=false', ours, `${remote}:v1.0.0`);
  const inRegistry = await inspect(`${remote}@${digest}`, '--tls-verify=false');
  assert.equal(inRegistry.Digest, digest);
  assert.deepEqual(inRegistry.Layers, inLayout.Layers);
  await skopeo('copy', '--preserve-digests', '--src-tls-verify=false', `${remote}@${digest}`, back);
  assert.equal((await inspect(back)).Digest, digest);
  registry.kill('SIGTERM');
  return `${inLayout.Layers.length} layers, ${digest.slice(0, 19)}… there and back`;
}

/** Debian's docker-registry on the loopback, its objects in the suite's folder. */
async function startRegistry({ programs, folder }: Tools, port: number): Promise<ChildProcess> {
  const file = join(folder, 'registry.yml');
  const settings = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
    http: { addr: `127.0.0.1:${port}` },
  };
  writeFileSync(file, JSON.stringify(settings));
  const child = programs.start('docker-registry', ['serve', file]);
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stdout!.resume();
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => null);
    if (answer?.ok) return child;
  }
  throw new Error(`docker-registry does not answer: ${said.slice(-2000)}`);
}
