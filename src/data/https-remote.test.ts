import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, openWorkspace } from '../workspace/index.ts';
import { objectPath, pullData, pushData, remoteAddress, writeLock } from './index.ts';
import { messageOf, testWorkspace, writeInto } from './test-workspace.ts';

const content = '0123456789';
const digest = digestOf(content);
type Answer = (request: IncomingMessage, response: ServerResponse, asked: number) => void;

/** A workspace that locks one file of ten bytes, with a real server as its remote. */
async function workspaceWith(answer: Answer) {
  let asked = 0;
  const server = createServer((request, response) => answer(request, response, ++asked));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { root } = testWorkspace();
  writeInto(root, 'lockstep.yaml', `remote: http://127.0.0.1:${port}/base\n`);
  const workspace = openWorkspace(root);
  writeLock(workspace, { entries: [{ key: 'a.bin', digest, size: 10 }] });
  const pull = async () => (await messageOf(() => pullData(workspace))).replaceAll(String(port), '<port>');
  return { workspace, root, pull, asked: () => asked };
}

const nothingLeft = (root: string) => {
  const store = join(root, '.lockstep/store');
  const files = existsSync(store) ? readdirSync(store, { recursive: true, withFileTypes: true }) : [];
  return files.every((item) => !item.isFile()) && !existsSync(join(root, 'data'));
};

test('objects are asked for by their path, as identity, and placed', async () => {
  const { workspace, root } = await workspaceWith((request, response) => {
    expect(request.headers['accept-encoding']).toBe('identity');
    response.writeHead(request.url === `/base/${objectPath(digest)}` ? 200 : 404).end(content);
  });
  expect((await pullData(workspace)).fetched).toEqual({ objects: 1, bytes: 10 });
  expect(readFileSync(join(root, 'data/a.bin'), 'utf8')).toBe(content);
});

test('a server that compresses all the same is understood; one that lies about it is refused', async () => {
  const honest = await workspaceWith((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content)),
  );
  expect(await honest.pull()).toMatch(/^accepted/);
  const lying = await workspaceWith((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(content),
  );
  expect(await lying.pull()).toMatchInlineSnapshot(
    `"E_DIGEST_MISMATCH: "a.bin" from http://127.0.0.1:<port>/base/ does not decode as the Content-Encoding it is sent with (Z_DATA_ERROR) — expected sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882. Fix: serve objects as they are, without Content-Encoding."`,
  );
  expect(nothingLeft(lying.root)).toBe(true);
});

const refusals: readonly (readonly [string, Answer])[] = [
  ['404', (_, response) => response.writeHead(404).end('no')],
  ['403', (_, response) => response.writeHead(403).end('no')],
  ['11 bytes', (_, response) => response.end(`${content}+`)],
  ['far more bytes', (_, response) => response.end(Buffer.alloc(3_000_000))],
  ['one bit', (_, response) => response.end('0123456788')],
  [
    'a login page',
    (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!doctype html><title>Sign in</title>'),
  ],
  ['a login page that says it is data', (_, response) => response.end('  <html>')],
  [
    'a redirect to the metadata service',
    (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  ],
  [
    'the same by https',
    (_, response) => response.writeHead(307, { location: 'https://169.254.169.254/x?secret=1' }).end(),
  ],
  [
    'the same in IPv6',
    (_, response) => response.writeHead(302, { location: 'https://[::ffff:169.254.169.254]/' }).end(),
  ],
  [
    'a redirect to a file',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  ],
  [
    'a redirect to plain http',
    (_, response) => response.writeHead(301, { location: 'http://example.com/x' }).end(),
  ],
  [
    'a redirect with credentials',
    (_, response) => response.writeHead(301, { location: 'https://u:p@example.com/x' }).end(),
  ],
  ['redirects without end', (_, response) => response.writeHead(302, { location: '/again' }).end()],
  ['429 six times', (_, response) => response.writeHead(429, { 'retry-after': '0' }).end()],
  ['503 six times', (_, response) => response.writeHead(503, { 'retry-after': '0' }).end()],
  [
    'a broken connection',
    (_, response) =>
      void response.writeHead(200, { 'content-length': '10' }).write('01', () => response.destroy()),
  ],
];

test('each refusal has its own error, and nothing is half-written', async () => {
  const pages: string[] = [];
  for (const [name, answer] of refusals) {
    const { root, pull } = await workspaceWith(answer);
    pages.push(`${name}\n  ${await pull()}\n`);
    expect(nothingLeft(root), name).toBe(true);
  }
  await expect(pages.join('')).toMatchFileSnapshot('./remote-refusals.txt');
});

test('a redirect to another path and a busy server are followed and waited for', async () => {
  const { pull, asked } = await workspaceWith((request, response, count) => {
    if (count <= 2) response.writeHead(429, { 'retry-after': '0' }).end();
    else if (request.url?.startsWith('/base'))
      response.writeHead(302, { location: '/cdn/x?signature=abc' }).end();
    else response.end(content);
  });
  expect(await pull()).toMatch(/^accepted/);
  expect(asked()).toBe(4);
});

test('a pull that broke off keeps what had arrived', async () => {
  let broken = true;
  const { workspace, asked } = await workspaceWith((request, response) => {
    const wanted = request.url?.endsWith(objectPath(digestOf('b')));
    response.writeHead(wanted && broken ? 404 : 200).end(wanted ? 'b' : content);
  });
  writeLock(workspace, {
    entries: [
      { key: 'a.bin', digest, size: 10 },
      { key: 'b.bin', digest: digestOf('b'), size: 1 },
    ],
  });
  expect(await messageOf(() => pullData(workspace))).toMatch(/^E_OBJECT_MISSING: "b.bin"/);
  broken = false;
  expect((await pullData(workspace)).fetched).toEqual({ objects: 1, bytes: 1 });
  // The missing one is asked for twice, and once whether it was forgotten.
  expect(asked()).toBe(4);
});

test('https remotes take no pushes where the server takes none', async () => {
  const { workspace, root } = await workspaceWith((request, response) => {
    if (request.method === 'GET' && request.url?.endsWith(objectPath(digest))) response.end(content);
    else response.writeHead(request.method === 'PUT' ? 405 : 404).end();
  });
  await pullData(workspace);
  expect((await messageOf(() => pushData(workspace))).replace(/:\d+\//, ':<port>/')).toMatchInlineSnapshot(
    `"E_REMOTE_READ_ONLY: http://127.0.0.1:<port>/base/ answered 405 to write sha256/84/d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882 — a place where one may write. Fix: push to a remote that takes uploads (file:, s3:, gs:, az:, oci:) and publish it at this address."`,
  );
  expect(existsSync(join(root, '.data'))).toBe(false);
});

test('which remotes there are', async () => {
  const root = '/repository';
  expect(remoteAddress('file:.data', root)).toMatchObject({ folder: '/repository/.data', embedded: true });
  expect(remoteAddress('file:///srv/data', root)).toMatchObject({ folder: '/srv/data', embedded: false });
  expect(remoteAddress('https://example.com/ml', root)).toMatchObject({
    url: new URL('https://example.com/ml/'),
  });
  const bad = [
    'https://u:p@h/',
    'https://token@h/x',
    'http://example.com/',
    'http://localhost:80/',
    '-oProxyCommand=x',
    'ext::sh -c x',
    's3://bucket/x',
    'file:',
    'file://host/share',
    '.data',
    'https://h/x?sig=1',
    'ssh://u:p@h/x',
    'HTTPS://',
  ];
  const messages: string[] = [];
  for (const text of bad) messages.push(await messageOf(() => remoteAddress(text, root)));
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "E_REMOTE_CREDENTIALS: the remote https://***@h/ carries credentials in lockstep.yaml — an address without a user and password, since it is committed. Fix: take them out of the address, and change the password: it may have been pushed.
    E_REMOTE_CREDENTIALS: the remote https://***@h/x carries credentials in lockstep.yaml — an address without a user and password, since it is committed. Fix: take them out of the address, and change the password: it may have been pushed.
    E_REMOTE_SCHEME: the remote "http://example.com/" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "http://localhost:80/" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "-oProxyCommand=x" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "ext::sh -c x" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    accepted: {"kind":"s3","url":"s3://bucket/x"}
    E_REMOTE_SCHEME: the remote "file:" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "file://host/share" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote ".data" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "https://h/x?…" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "ssh://***@h/x" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data.
    E_REMOTE_SCHEME: the remote "HTTPS://" in lockstep.yaml — file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>. Fix: set \`remote:\` to one of them, for instance file:.data."
  `);
});
