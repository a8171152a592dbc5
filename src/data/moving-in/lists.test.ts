import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, hexOf, openWorkspace, type Workspace } from '../../workspace/index.ts';
import { readLock } from '../lock/lock-file.ts';
import { messageOf, testWorkspace } from '../test-workspace.ts';
import { splice } from './about-lines.ts';
import {
  bringIn,
  croissantOffer,
  folderOffer,
  type Offer,
  proposeAbout,
  readDatasetCard,
  urlListOffer,
} from './index.ts';

const hex = (bytes: string) => hexOf(digestOf(bytes));
const keys = (workspace: Workspace) => readLock(workspace).entries.map(({ key }) => key);
const bring = (workspace: Workspace, { planned }: Offer) => bringIn(workspace, planned);

async function serving(
  files: Readonly<Record<string, string | { type: string; bytes: string }>>,
): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const found = files[url.slice(1)];
    if (url === '/away') return response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    if (found === undefined) return response.writeHead(404).end();
    const { type, bytes } = typeof found === 'string' ? { type: 'text/csv', bytes: found } : found;
    return response.writeHead(200, { 'content-type': type }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a list of addresses comes as lines or as JSON; sizes and keys may be left out', async () => {
  const base = await serving({ 'a%20b.csv?x=1': 'a', 'b.csv': 'bb', 'c.csv': 'ccc' });
  const lines = `# ours\n\n${hex('a')} ${base}/a%20b.csv?x=1\nsha256:${hex('bb')}  2 ${base}/b.csv two/b.csv\r\n`;
  const workspace = testWorkspace({
    'list.txt': lines,
    'list.json': JSON.stringify([
      { sha256: hex('ccc'), size: 3, url: `${base}/c.csv`, key: 'data/three.csv' },
    ]),
  });
  const list = (name: string, only?: string[]) =>
    urlListOffer(join(workspace.root, name), name, { only, as: 'web' });
  expect((await bring(workspace, list('list.txt'))).read).toEqual({
    [`${base}/a%20b.csv`]: 1,
    [`${base}/b.csv`]: 1,
  });
  await bring(workspace, list('list.json', ['data/three.csv']));
  expect(keys(workspace)).toEqual(['web/a b.csv', 'web/three.csv', 'web/two/b.csv']);
  expect(readFileSync(join(workspace.root, 'data/web/a b.csv'), 'utf8')).toBe('a');
  expect((await bring(workspace, list('list.txt'))).read).toEqual({ 'the store': 2 });
});

test('what a list promises and an address does not keep', async () => {
  const base = await serving({ 'a.csv': 'a', login: { type: 'text/html', bytes: '<html>' } });
  const cases: Readonly<Record<string, string>> = {
    'other bytes': `${hex('b')} ${base}/a.csv`,
    'another size': `${hex('a')} 2 ${base}/a.csv`,
    'a login page': `${hex('a')} ${base}/login`,
    nothing: `${hex('a')} ${base}/none.csv`,
    'a redirect inside': `${hex('a')} ${base}/away`,
    'a short digest': `${hex('a').slice(1)} ${base}/a.csv`,
    'plain http': `${hex('a')} http://example.com/a.csv`,
    'another scheme': `${hex('a')} file:///etc/passwd`,
    credentials: `${hex('a')} https://ada:secret@example.com/a.csv`,
    'a way out': `${hex('a')} ${base}/a.csv ../a.csv`,
    'no address': `${hex('a')} a.csv`,
    'no name': `${hex('a')} ${base}/`,
    'JSON without url': `[{"sha256": "${hex('a')}"}]`,
  };
  const said: Record<string, string> = {};
  for (const [name, list] of Object.entries(cases)) {
    const workspace = testWorkspace({ list });
    said[name] = (
      await messageOf(() => bring(workspace, urlListOffer(join(workspace.root, 'list'), 'list', {})))
    )
      .replaceAll(base, '<base>')
      .replaceAll(/[0-9a-f]{63,64}/g, '<hex>');
  }
  expect(said).toMatchInlineSnapshot(`
    {
      "JSON without url": "E_CONFIG_TYPE: 0.url is missing in list — a text.",
      "a login page": "E_REMOTE_NOT_DATA: <base>/login answered "login" with a page (text/html) that begins "<html>" — the bytes of sha256:<hex>. Fix: check that the address needs no login and is the folder that holds sha256/.",
      "a redirect inside": "E_REMOTE_REDIRECT: a redirect to http://169.254.169.254/latest, from <base>/away — redirects to https addresses outside this machine and its network. Fix: name the final address as the remote, if you trust it.",
      "a short digest": "E_DIGEST_FORMAT: the digest "<hex>" in list:1 — the sha256 as 64 lower-case hex digits.",
      "a way out": "E_PATH_TRAVERSAL: the path "../a.csv" — a path that stays inside data/. Fix: rename the file or folder, and add it again.",
      "another scheme": "E_REMOTE_SCHEME: the address "file:///etc/passwd" in list:1 — an https address. Fix: name the file by https://.",
      "another size": "E_SIZE_MISMATCH: "a.csv" has 1 bytes in <base>/a.csv, which are those of its sha256 — the 2 bytes that are promised. Fix: correct the size where it is stated.",
      "credentials": "E_REMOTE_CREDENTIALS: the address https://***@example.com/a.csv carries credentials in list:1 — an address without a user and password. Fix: take them out of the address.",
      "no address": "E_CONFIG_VALUE: the line "<hex> a.csv" in list:1 — <sha256> [size] <url> [key].",
      "no name": "E_LOCK_NONCANONICAL: the path "" — a path without empty parts and without ".". Fix: rename the file or folder, and add it again.",
      "nothing": "E_OBJECT_MISSING: "none.csv" (sha256:<hex>) is in none of: <base>/none.csv — bytes that can be read from here. Fix: fetch them with the tool that keeps them, or leave it out: name what you want with --only.",
      "other bytes": "E_DIGEST_MISMATCH: "a.csv" is sha256:<hex> in <base>/a.csv, after 1 bytes — expected sha256:<hex>. Fix: put the right bytes there, or leave it out: name what you want with --only.",
      "plain http": "E_REMOTE_SCHEME: the address "http://example.com/a.csv" in list:1 — an https address. Fix: name the file by https://.",
    }
  `);
});

test("a folder's entries are datasets each, or the folder is one", async () => {
  const workspace = testWorkspace({
    'in/a.csv': 'a',
    'in/images/x/1.png': '1',
    'in/.hidden/x': 'x',
    'in/b.csv': 'b',
  });
  const root = join(workspace.root, 'in');
  const { skipped } = folderOffer(root, {});
  expect(skipped).toEqual([{ path: '.hidden', reason: 'its name begins with a dot' }]);
  await bring(workspace, folderOffer(root, { as: 'raw', only: ['images', 'b.csv'] }));
  expect(keys(workspace)).toEqual(['raw/b.csv', 'raw/images/']);
  await bring(workspace, folderOffer(root, { whole: true }));
  expect(readLock(workspace).entries[0]).toMatchObject({ key: 'in/', files: 4 });
  expect(await messageOf(() => folderOffer(join(root, 'none'), {}))).toMatch(/^E_DATA_MISSING: no folder /);
});

const croissant = (base: string) =>
  JSON.stringify({
    '@context': { '@vocab': 'https://schema.org/' },
    '@type': 'sc:Dataset',
    name: 'Flights: 2001',
    description: 'Flights\nof a year.',
    license: ['https://creativecommons.org/publicdomain/zero/1.0/'],
    url: 'https://example.com/flights',
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': 'flights.csv',
        contentUrl: `${base}/x?id=1`,
        encodingFormat: 'text/csv',
        sha256: hex('a'),
        contentSize: '1 B',
      },
      {
        '@type': 'cr:FileObject',
        '@id': 'near',
        contentUrl: 'tables/near.csv',
        sha256: hex('near'),
        contentSize: '1.2 MB',
      },
      {
        '@type': 'cr:FileObject',
        '@id': 'inner.csv',
        containedIn: { '@id': 'flights.csv' },
        contentUrl: 'inner.csv',
        sha256: hex('x'),
      },
      { '@type': 'cr:FileObject', '@id': 'old.csv', contentUrl: `${base}/old.csv`, md5: 'x' },
      {
        '@type': 'cr:FileObject',
        '@id': 'repo',
        contentUrl: 'https://huggingface.co/x',
        encodingFormat: 'git+https',
        sha256: 'https://example.com/issues/80',
      },
      { '@type': 'cr:FileSet', '@id': 'images', includes: '*.png' },
    ],
  });

test('Croissant: files that have a sha256 are imported, licence and description proposed', async () => {
  const base = await serving({ 'x?id=1': 'a' });
  const workspace = testWorkspace({
    'in/croissant.json': croissant(base),
    'in/tables/near.csv': 'near',
    'lockstep.yaml': 'remote: file:.data\n',
  });
  const offer = croissantOffer(join(workspace.root, 'in/croissant.json'), 'in/croissant.json', {});
  await bring(workspace, offer);
  expect(keys(workspace)).toEqual(['Flights-2001/flights.csv', 'Flights-2001/tables/near.csv']);
  expect(offer.skipped.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    'inner.csv: it lies inside another file',
    'old.csv: it has no sha256',
    'repo: a Git repository',
    'images: a FileSet, not a FileObject',
  ]);
  const proposal = proposeAbout(workspace, offer.about, false);
  expect(proposal.lines).toMatchInlineSnapshot(`
    "datasets:
      "Flights-2001/flights.csv": {licence: "https://creativecommons.org/publicdomain/zero/1.0/", description: "Flights of a year.", homepage: "https://example.com/flights"}
      "Flights-2001/tables/near.csv": {licence: "https://creativecommons.org/publicdomain/zero/1.0/", description: "Flights of a year.", homepage: "https://example.com/flights"}
    "
  `);
  expect(readFileSync(join(workspace.root, 'lockstep.yaml'), 'utf8')).toBe('remote: file:.data\n');
  expect(proposeAbout(workspace, offer.about, true).written).toBe(true);
  const after = openWorkspace(workspace.root);
  expect(after.configuration.datasets['Flights-2001/flights.csv']).toEqual({
    licence: 'https://creativecommons.org/publicdomain/zero/1.0/',
    description: 'Flights of a year.',
    homepage: 'https://example.com/flights',
  });
  expect(proposeAbout(after, offer.about, true)).toEqual({ lines: '', written: false });
  expect(readDatasetCard(join(workspace.root, 'in/croissant.json'), 'in/croissant.json').description).toBe(
    'Flights of a year.',
  );
  const bad = testWorkspace({ 'c.json': croissant(base).replace('tables/near.csv', '../../near.csv') });
  expect(await messageOf(() => croissantOffer(join(bad.root, 'c.json'), 'c.json', {}))).toMatch(
    /^E_PATH_TRAVERSAL/,
  );
});

test('dataset cards of the Hugging Face hub are read for licence and description', async () => {
  const card = (text: string) => {
    const { root } = testWorkspace({ 'README.md': text });
    return messageOf(() => readDatasetCard(join(root, 'README.md'), 'README.md'));
  };
  const body =
    '\n# Card\n\n<!-- a\n\ncomment -->\n- **Homepage:** [here](https://example.com/x)\n\nDelays of [flights](https://x) in\n**2001**.\n';
  expect([
    await card(
      `---\nlicense: cc-by-4.0\npretty_name: Flights\ndataset_info:\n- config_name: a\n---\n${body}`,
    ),
    await card('---\r\nlicense: other\r\nlicense_name: acme-1\r\npretty_name: Flights\r\n---\r\n'),
    await card(
      '---\nlicense: [mit, apache-2.0]\ndataset_info: {description: " Two\\n lines ", homepage: "https://x.org"}\n---',
    ),
    await card('# No front matter'),
    await card('---\nlanguage: [no]\n---\n'),
  ]).toMatchInlineSnapshot(`
    [
      "accepted: {"licence":"cc-by-4.0","description":"Delays of flights in 2001.","homepage":"https://example.com/x"}",
      "accepted: {"licence":"acme-1","description":"Flights"}",
      "accepted: {"licence":"mit","description":"Two lines","homepage":"https://x.org"}",
      "E_CONFIG_TYPE: no YAML front matter in README.md:1 — a card that begins with ---, as on the Hugging Face hub.",
      "E_CONFIG_TYPE: the bare word no, a boolean to some readers and a string to others in README.md:2:12 — "no" in quotes, or true or false. Fix: write "no" if you mean the text.",
    ]
  `);
});

test('lines go under `datasets:` of lockstep.yaml and leave every other byte', () => {
  const line = '  "a.csv": {licence: "MIT"}\n';
  expect(splice('', line)).toBe(`datasets:\n${line}`);
  expect(splice('# mine\nremote: x', line)).toBe(`# mine\nremote: x\ndatasets:\n${line}`);
  expect(splice('datasets:\n    # about b\n    b.csv: {licence: X} # why\nremote: x\n', line)).toBe(
    `datasets:\n    # about b\n    "a.csv": {licence: "MIT"}\n    b.csv: {licence: X} # why\nremote: x\n`,
  );
});

test('lines that would not come where they belong are not written', async () => {
  const workspace = testWorkspace({ 'lockstep.yaml': 'datasets: {b.csv: {licence: X}}\n' });
  const about = new Map([['a.csv', { licence: 'MIT' }]]);
  expect(await messageOf(() => proposeAbout(workspace, about, true))).toMatch(
    /^E_CONFIG_VALUE: `datasets` could not/,
  );
  expect(readFileSync(join(workspace.root, 'lockstep.yaml'), 'utf8')).toBe(
    'datasets: {b.csv: {licence: X}}\n',
  );
});
