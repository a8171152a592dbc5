import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Suite, Tools } from '../suite.ts';
import { startCutter } from '../tools/cutter.ts';
import {
  assertSameData,
  cloneOf,
  codeOf,
  fill,
  largeFile,
  makeDataProject,
  succeeded,
} from '../tools/data-project.ts';
import { which } from '../tools/debian.ts';
import { freePort } from '../tools/free-port.ts';

export const suite: Suite = {
  name: 'nginx-remote',
  shows:
    "Debian's nginx takes a push by PUT, serves it read only, and a pull that is cut off goes on where it was",
  minutes: 3,
  needs: { debian: { nginx: 'nginx-light' } },
  run: async (tools) => {
    const { host, folder } = await startNginx(tools);
    const pushed = makeDataProject(tools, 'pushed', `http://${host}/dav/`);
    await fill(pushed);
    succeeded(await pushed.data('push'));
    succeeded(await pushed.data('push'));
    assertAsked(folder, /^PUT \/dav\/\S+ 201/, 'sent by PUT');

    await using cutter = await startCutter(host, 5_000_000);
    const clone = cloneOf(pushed, makeDataProject(tools, 'clone', `http://${cutter.host}/read/`));
    succeeded(await clone.data('pull'));
    assertSameData(pushed, clone);
    assert.equal(cutter.cuts, 1, 'the connection was cut once');
    assertAsked(folder, /^GET \/read\/\S+ 206 .*bytes=[1-9]/, 'gone on by Range');
    assert.ok(cutter.bytes < 1.6 * largeFile, `${cutter.bytes} bytes came: not everything twice`);

    const reader = makeDataProject(tools, 'reader', `http://${host}/read/`);
    await fill(reader);
    writeFileSync(join(reader.root, 'data/new.csv'), 'new\n');
    succeeded(await reader.data('add', 'data/new.csv'));
    assert.equal(codeOf(await reader.data('push')), 'E_REMOTE_READ_ONLY');
    const lost = makeDataProject(tools, 'lost', `http://${host}/nowhere/`);
    assert.equal(codeOf(await cloneOf(pushed, lost).data('pull')), 'E_OBJECT_MISSING');
    return `${(cutter.bytes / 1e6).toFixed(0)} MB pulled through one cut, a push to what is read only refused`;
  },
};

/** One folder behind two addresses: `/dav/` takes uploads, `/read/` only gives. */
async function startNginx({ folder, programs }: Tools): Promise<{ host: string; folder: string }> {
  const place = join(folder, 'nginx');
  const site = join(place, 'site');
  mkdirSync(site, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${place}/${kind};`,
  );
  // As root its workers would be somebody who may not look into our folder.
  const configuration = `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${place}/pid;
error_log ${place}/error.log;
events {}
http {
  ${temporary.join('\n  ')}
  log_format asked '$request_method $uri $status $http_range';
  access_log ${place}/access.log asked;
  server {
    listen ${host};
    client_max_body_size 64m;
    location /read/ { alias ${site}/; }
    location /dav/ { alias ${site}/; dav_methods PUT DELETE; create_full_put_path on; }
  }
}
`;
  writeFileSync(join(place, 'nginx.conf'), configuration);
  const args = ['-e', join(place, 'error.log'), '-p', place, '-c', join(place, 'nginx.conf')];
  const child = programs.start(which('nginx')!, args);
  for (const deadline = Date.now() + 10_000; ; await sleep(50)) {
    if (await fetch(`http://${host}/`).catch(() => null)) return { host, folder: place };
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`nginx: ${readFileSync(join(place, 'error.log'), 'utf8')}`);
  }
}

function assertAsked(folder: string, line: RegExp, what: string): void {
  const lines = readFileSync(join(folder, 'access.log'), 'utf8').trim().split('\n');
  assert.ok(
    lines.some((text) => line.test(text)),
    `${what}:\n${[...new Set(lines.map((text) => text.replace(/\/[0-9a-f]{2}\/\S+/, '/…')))].join('\n')}`,
  );
}
