import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { ensurePrograms } from './debian.ts';
import { freePort } from './free-port.ts';
import { openRunner } from './programs.ts';

/** A real S3 on the loopback: path-style addresses, signature version 4, any region's name. */
export interface Radosgw {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** What AWS's own clients, ours and DVC read. */
  readonly environment: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
  /** An address of an object that needs no key, for an hour. */
  presigned(path: string): Promise<string>;
  stop(): Promise<void>;
}

/** Programs and Debian's packages: needs.debian of a suite. */
export const radosgwPrograms = {
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  radosgw: 'radosgw',
  ceph: 'ceph-common',
  setpriv: 'util-linux',
} as const;

/**
 * Debian's Ceph with one monitor, one OSD that keeps all in memory (`gigabytes` at most) and its S3 gateway, in
 * a new folder of `folder`. Nothing of it is left after `stop`. With authentication, as without it the gateway hangs at its start.
 */
export async function startRadosgw(folder: string, gigabytes = 16): Promise<Radosgw> {
  await ensurePrograms(radosgwPrograms);
  const place = mkdtempSync(join(folder, 'rgw-'));
  for (const name of ['mon', 'osd', 'run', 'log']) mkdirSync(join(place, name));
  const [monitor, gateway] = [await freePort(), await freePort()];
  writeFileSync(join(place, 'ceph.conf'), settings(place, monitor, gateway, gigabytes * 2 ** 30));
  const { run, stop: stopTools } = openRunner(place);
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...args: string[]): ChildProcess => {
    const log = openSync(join(place, 'log', `${program}.out`), 'a');
    // However we end, they end with us.
    const command = ['--pdeathsig', 'KILL', program, '-f', '-c', 'ceph.conf', ...args];
    const child = spawn('setpriv', command, { cwd: place, stdio: ['ignore', log, log] });
    closeSync(log);
    daemons.push(child);
    return child;
  };
  const stop = async () => {
    await stopTools();
    for (const child of daemons.reverse()) await ended(child);
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [fsid, osd] = [readFsid(place), randomUUID()];
    const keys = 'ceph-authtool';
    await run(keys, ['--create-keyring', 'keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
    for (const name of ['client.admin', 'osd.0', 'client.rgw.a']) {
      const may = ['mon', 'osd', 'mgr'].flatMap((part) => ['--cap', part, 'allow *']);
      await run(keys, ['keyring', '--gen-key', '-n', name, ...may]);
    }
    const address = `[v2:127.0.0.1:${monitor}]`;
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', address, 'monmap']);
    const fresh = ['-c', 'ceph.conf', '--mkfs'];
    await run('ceph-mon', [...fresh, '-i', 'a', '--monmap', 'monmap', '--keyring', 'keyring']);
    start('ceph-mon', '-i', 'a');
    await run('ceph', ['-c', 'ceph.conf', 'osd', 'new', osd, '0']);
    await run('ceph-osd', [...fresh, '-i', '0', '--osd-uuid', osd]);
    start('ceph-osd', '-i', '0');
    const user = { uid: 'test', 'display-name': 'test', 'access-key': accessKey, 'secret-key': secretKey };
    const words = Object.entries(user).map(([name, value]) => `--${name}=${value}`);
    await run('radosgw-admin', ['-c', 'ceph.conf', 'user', 'create', ...words]);
    const endpoint = `http://127.0.0.1:${gateway}`;
    await answers(endpoint, start('radosgw', '-n', 'client.rgw.a'));
    return { endpoint, accessKey, secretKey, environment: environment(endpoint), ...buckets(endpoint), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const [accessKey, secretKey] = ['AKLOCKSTEPTEST', 'secret-of-nothing'];

const environment = (endpoint: string) => ({
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: accessKey,
  AWS_SECRET_ACCESS_KEY: secretKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  // Newer SDKs' trailing checksums are unknown to this release.
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
});

const settings = (place: string, monitor: number, gateway: number, bytes: number): string => `[global]
fsid = ${randomUUID()}
keyring = ${place}/keyring
mon host = [v2:127.0.0.1:${monitor}]
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
run dir = ${place}/run
pid file =
admin socket =
log file = ${place}/log/$name.log
ms bind ipv4 = true
ms bind msgr1 = false
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
mon data avail crit = 0
paxos propose interval = 0.05
paxos min wait = 0.02
[mon.a]
mon data = ${place}/mon
[osd.0]
osd data = ${place}/osd
osd objectstore = memstore
memstore device bytes = ${bytes}
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${gateway} tcp_nodelay=1
rgw data = ${place}/run
rgw enable apis = s3
`;

const readFsid = (place: string): string =>
  /fsid = (\S+)/.exec(readFileSync(join(place, 'ceph.conf'), 'utf8'))![1]!;

function buckets(endpoint: string): Pick<Radosgw, 'makeBucket' | 'presigned'> {
  const client = new AwsClient({
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    service: 's3',
    region: 'us-east-1',
  });
  return {
    async makeBucket(name) {
      const { ok, status } = await client.fetch(`${endpoint}/${name}`, { method: 'PUT' });
      if (!ok) throw new Error(`the bucket ${name} was not made: ${status}`);
    },
    async presigned(path) {
      const { url } = await client.sign(`${endpoint}/${path}?X-Amz-Expires=3600`, {
        aws: { signQuery: true },
      });
      return url;
    },
  };
}

async function answers(endpoint: string, gateway: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await fetch(endpoint).catch(() => null)) === null) {
    if (gateway.exitCode !== null || Date.now() > deadline) throw new Error('radosgw did not start');
    await sleep(50);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
