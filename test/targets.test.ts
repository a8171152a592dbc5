import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployBase } from '../src/commands/deploy-base/deploy-base.ts';
import { promote, readWantedHere } from '../src/gitops/index.ts';
import { buildImage, pushImage } from '../src/image/index.ts';
import { loadKey } from '../src/registry/index.ts';
import { longestDrainMs } from '../src/serving/drain.ts';
import { digestOf, git, openWorkspace, type Workspace } from '../src/workspace/index.ts';
import { type FakeRegistry, startRegistry } from './fakes/oci-registry.ts';
import { commitFiles, type GitSandbox, makeSandbox } from './git-sandbox.ts';
import { pushBase } from './interop/act/base-image.ts';
import { which } from './interop/tools/debian.ts';
import { freePort } from './interop/tools/free-port.ts';
import { manifestsIn } from './kubernetes-rules.ts';
import { policyText, registerVersion } from './release-sandbox.ts';
import { shareLayers } from './shared-layers.ts';
import { toyModel, toyModelYaml, toyScore } from './toy-model.ts';
import { serverFile, startServer, toyFolder, untilReady } from './toy-server.ts';

// docs/targets.md: its commands, its unit's command line and its files, with a registry and a Git remote over HTTP and files.

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, 'docs', path), 'utf8');
const row = { distance: 500, carrier: 'AA', date: '2001-01-31' };
const scoreOf = (bias: number) => toyScore(row.distance, row.carrier, row.date, bias);

let registry: FakeRegistry;
let sandbox: GitSandbox;
let ci: Workspace;
/** The machine that the recipes are for: a clone that has built nothing. */
let host: string;
const images: Record<string, string> = {};

beforeAll(async () => {
  [registry, sandbox] = [await startRegistry(), await makeSandbox()];
  const base = await pushBase(registry.host);
  const first = await sandbox.clone('ci');
  const key = loadKey(first).spki;
  const environments = ['dev', 'staging', 'production'];
  const deploy = [...deployBase('churn', { serving: 'deployment', environments })];
  await commitFiles(first, {
    'lockstep.yaml': `images: ${registry.host}/acme\nimage: {base: "${base.name}"}\ntrust:\n  - {key: "${key}", owner: ci}\n`,
    'models/churn/policy.yaml': policyText,
    ...Object.fromEntries(deploy.map(([name, text]) => [`models/churn/deploy/${name}`, text])),
  });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: first.root });
  ci = openWorkspace(first.root);
  shareLayers(ci.root);
  await release('v1.0.0', 0);
  await release('v1.1.0', 0.5);
  host = (await sandbox.clone('host')).root;
  writeFileSync(join(host, 'lockstep'), `#!/bin/sh\nexec "${root}/lockstep" "$@"\n`);
  chmodSync(join(host, 'lockstep'), 0o755);
  symlinkSync(join(root, 'docs'), join(host, 'docs'));
  await git(['config', 'core.excludesFile', join(sandbox.folder, 'excluded')], { cwd: host });
  writeFileSync(join(sandbox.folder, 'excluded'), '/lockstep\n/docs\n/.env\n/service.yaml\n');
}, 120_000);

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await registry[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

/** A version whose image is in the registry. */
async function release(version: string, bias: number): Promise<void> {
  const onnx = toyModel({ bias });
  const golden = JSON.stringify({ v: 1, model: 'churn', requests: [{ inputs: row, score: scoreOf(bias) }] });
  const metadata = {
    model: 'churn',
    version,
    modelDigest: digestOf(onnx),
    golden: digestOf(golden),
    task: 'binary-classification',
  };
  const files = {
    'model.onnx': onnx,
    'model.yaml': Buffer.from(toyModelYaml),
    'metadata.json': Buffer.from(JSON.stringify(metadata)),
    'golden.json': Buffer.from(golden),
  };
  const { name, digest, platform } = await buildImage(ci, { model: 'churn', version, files });
  images[version] = `${name}@${digest}`;
  await pushImage(ci, { name, digest, tag: version });
  const { modelDigest, golden: goldenDigest } = metadata;
  await registerVersion(ci, version, {
    modelDigest,
    golden: goldenDigest,
    image: { name, digest, platform },
  });
}

const promoteAll = async (version: string): Promise<void> => {
  for (const environment of ['dev', 'staging', 'production'])
    await promote(ci, { model: 'churn', version, environment });
};

const started: ChildProcess[] = [];
const node = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };

interface Agent {
  readonly events: Record<string, unknown>[];
  until(event: string, version?: string): Promise<Record<string, unknown>>;
  stop(): Promise<number | null>;
}

/** Starts the words of a unit's ExecStart as systemd would: no shell, that folder. */
function run(words: readonly string[]): Agent {
  const child = spawn(words[0]!, words.slice(1), {
    cwd: host,
    env: node,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const events: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)));
  return {
    events,
    async until(event, version) {
      for (const limit = Date.now() + 30_000; Date.now() < limit; await sleep(20)) {
        const found = events.find((each) => each.event === event && (!version || each.version === version));
        if (found) return found;
      }
      throw new Error(`no ${event} ${version ?? ''} among ${JSON.stringify(events)}`);
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

async function ask(url: string): Promise<{ version: string; score: number }> {
  const answer = await fetch(`${url}/predict`, { method: 'POST', body: JSON.stringify(row) });
  const { version, predictions } = (await answer.json()) as {
    version: string;
    predictions: { score: number }[];
  };
  return { version, score: predictions[0]!.score };
}

describe('the unit for systemd', () => {
  const unit = read('targets/lockstep-up.service');
  const line = /^ExecStart=(.+)$/m.exec(unit)![1]!;

  test.skipIf(which('systemd-analyze') === null)('is a unit that systemd takes', () => {
    const file = join(sandbox.folder, 'lockstep-up.service');
    writeFileSync(file, unit.replaceAll('/srv/models', host).replace('User=lockstep', 'User=root'));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    expect({ status, about: stderr.split('\n').filter((each) => each.includes('lockstep-up')) }).toEqual({
      status: 0,
      about: [],
    });
    writeFileSync(file, unit.replaceAll('/srv/models', host).replace('Type=exec', 'Type=exce'));
    const { stderr: words } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    expect(words).toContain('lockstep-up.service:8: Failed to parse service type');
  });

  test('gives the agent time to end, and its servers a life of their own', () => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)![1])).toBeGreaterThan(longestDrainMs / 1000);
    expect(unit).toMatch(/^KillMode=process$/m);
  });

  test('its command line serves one environment from registry and Git alone, through a promotion', async () => {
    await promoteAll('v1.0.0');
    const port = await freePort();
    const words = line
      .replaceAll('/srv/models', host)
      .replace('8100', String(port))
      .replace('--poll 10', '--poll 0.2');
    expect(words).toBe(`${host}/lockstep up --in production --port-base ${port} --poll 0.2 --json`);
    const agent = run(words.split(' '));
    await agent.until('switched', 'v1.0.0');
    const url = `http://127.0.0.1:${port}`;
    expect(await ask(url)).toEqual({ version: 'v1.0.0', score: expect.closeTo(scoreOf(0), 5) });
    await promoteAll('v1.1.0');
    await agent.until('switched', 'v1.1.0');
    expect(await ask(url)).toEqual({ version: 'v1.1.0', score: expect.closeTo(scoreOf(0.5), 5) });
    expect([...new Set(agent.events.flatMap(({ environment }) => environment ?? []))]).toEqual([
      'production',
    ]);
    expect(await agent.stop()).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  }, 90_000);
});

test('an image that the registry lacks refuses its release alone; a registry that is busy is asked again', async () => {
  const other = await sandbox.clone('other');
  await git(['fetch', '--quiet', 'origin', 'environments'], { cwd: other.root });
  const tip = await git(['rev-parse', 'FETCH_HEAD'], { cwd: other.root });
  const wanted = () => readWantedHere({ only: 'production' })(other, tip);
  registry.fault = () => ({ status: 404 });
  const reasons = [expect.stringMatching(/^E_IMAGE_MISSING: /)];
  expect(await wanted()).toMatchObject([
    { environment: 'production', kind: 'refused', version: 'v1.1.0', reasons },
  ]);
  registry.fault = () => ({ status: 429, headers: { 'retry-after': '0' } });
  await expect(wanted()).rejects.toThrow(/^E_REGISTRY_RATE_LIMIT: /);
  registry.fault = null;
  expect(await wanted()).toMatchObject([{ environment: 'production', kind: 'release' }]);
  const asked = registry.requests.length;
  expect(await readWantedHere({})(other, tip)).toHaveLength(3);
  expect(registry.requests).toHaveLength(asked);
});

describe('the commands of docs/targets.md', () => {
  const blocks = [...read('targets.md').matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const sh = (text: string): string => {
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', text], {
      cwd: host,
      env: node,
      encoding: 'utf8',
    });
    expect(status, `${text}\n${stdout}\n${stderr}`).toBe(0);
    return stdout.trim().split('\n').at(-1)!;
  };

  test('name the digest, by Lockstep and by Git alone, and put it where it belongs', () => {
    expect(blocks).toHaveLength(4);
    expect(sh(blocks[0]!)).toBe(images['v1.1.0']);
    expect(sh(blocks[1]!)).toBe(images['v1.1.0']);
    sh(blocks[2]!);
    expect(readFileSync(join(host, '.env'), 'utf8')).toBe(`IMAGE=${images['v1.1.0']}\n`);
    sh(blocks[3]!);
    const [service] = manifestsIn(readFileSync(join(host, 'service.yaml'), 'utf8'));
    expect(service.spec.template.spec.containers[0].image).toBe(images['v1.1.0']);
  });
});

describe('the files for containers', () => {
  const [{ services }] = manifestsIn(read('targets/compose.yaml'));
  const { churn } = services;

  test("Compose's health check says whether the server is ready", async () => {
    const server = await startServer(toyFolder());
    await untilReady(server.url);
    const [how, program, ...words] = churn.healthcheck.test as string[];
    expect([how, program]).toEqual(['CMD', 'node']);
    const check = (port: string) =>
      spawnSync(
        process.execPath,
        words.map((word) => word.replace('8080', port)),
        { encoding: 'utf8' },
      ).status;
    expect(check(new URL(server.url).port)).toBe(0);
    await server.stop();
    expect(check(new URL(server.url).port)).toBe(1);
    expect(churn.image).toMatch(/^\$\{IMAGE:\?/);
    expect(Number.parseInt(churn.stop_grace_period, 10)).toBeGreaterThan(longestDrainMs / 1000);
  });

  test('a server started as a container service starts it answers on its port, and where the probes look', async () => {
    const port = await freePort();
    const env = { PATH: process.env.PATH, LOCKSTEP_MODEL_DIR: toyFolder(), PORT: String(port) };
    const child = spawn(process.execPath, [serverFile], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url);
    const [{ spec }] = manifestsIn(read('targets/cloud-run.yaml'));
    const [{ startupProbe, livenessProbe, ports }] = spec.template.spec.containers;
    for (const { httpGet } of [startupProbe, livenessProbe]) {
      expect(httpGet.port).toBe(ports[0].containerPort);
      expect((await fetch(url + httpGet.path)).status).toBe(200);
    }
    expect((await ask(url)).version).toBe('v1.0.0');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
