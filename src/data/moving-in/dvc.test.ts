import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, type Workspace } from '../../workspace/index.ts';
import { findLock, readLock } from '../lock/lock-file.ts';
import { printManifest } from '../manifest.ts';
import { messageOf, testWorkspace, writeInto } from '../test-workspace.ts';
import { type DvcOptions, dvcOffer } from './dvc.ts';
import { parseIni, readDvcConfig } from './dvc-config.ts';
import { bringIn } from './index.ts';

type Files = Readonly<Record<string, string>>;

const md5 = (bytes: string) => createHash('md5').update(bytes).digest('hex');
const current = (hash: string) => `files/md5/${hash.slice(0, 2)}/${hash.slice(2)}`;
const old = (hash: string) => `${hash.slice(0, 2)}/${hash.slice(2)}`;
const out = (path: string, bytes: string, more = '') =>
  `outs:\n- md5: "${md5(bytes)}"\n  size: ${bytes.length}\n  hash: md5\n  path: ${path}\n${more}`;

/** A repository as DVC would leave it, beside a workspace of ours. */
function moving(files: Files, into: Workspace = testWorkspace()) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-dvc-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries({ '.dvc/config': '', ...files }))
    writeInto(root, path, content);
  const move = async (options: DvcOptions & { force?: boolean } = {}) => {
    const offer = await dvcOffer(into, root, options);
    return { ...offer, ...(await bringIn(into, offer.planned, options)) };
  };
  const refusal = async (options: DvcOptions = {}) =>
    (await messageOf(() => move(options))).replaceAll(root, '<theirs>').replaceAll(into.root, '<ours>');
  const data = (path: string) => readFileSync(join(into.root, 'data', path), 'utf8');
  return { root, into, move, refusal, data };
}

/** Nothing of ours that people see, and no bytes on their way. */
const untouched = ({ root }: Workspace) => {
  const incoming = join(root, '.lockstep/store/incoming');
  return (
    !existsSync(join(root, 'data')) &&
    !existsSync(join(root, 'data.lock')) &&
    (!existsSync(incoming) || readdirSync(incoming).length === 0)
  );
};

test('files and folders come from the cache of DVC 3 and of DVC 2, and from the work tree', async () => {
  const manifest = `[{"md5": "${md5('a')}", "relpath": "deep/a.txt"}, {"md5": "${md5('bb')}", "relpath": "b.txt"}]`;
  const lines = 'x\r\ny\r\n';
  const { move, data, into } = moving({
    'data/raw.dvc': `outs:\n- md5: ${md5(manifest)}.dir\n  size: 3\n  nfiles: 2\n  hash: md5\n  path: raw\n  desc: Raw things\n`,
    [`.dvc/cache/${current(md5(manifest))}.dir`]: manifest,
    [`.dvc/cache/${current(md5('a'))}`]: 'a',
    'data/raw/b.txt': 'bb',
    'sub/.dvc/config': '',
    'sub/other.csv.dvc': out('other.csv', 'of another repository'),
    'old/table.csv.dvc': `md5: ${md5('any')}\nouts:\n- md5: ${md5('x\ny\n')}\n  size: ${lines.length}\n  path: table.csv\n`,
    [`.dvc/cache/${old(md5('x\ny\n'))}`]: lines,
  });
  const { imported, read, about } = await move();
  const folder = printManifest([
    { path: 'b.txt', digest: digestOf('bb'), size: 2 },
    { path: 'deep/a.txt', digest: digestOf('a'), size: 1 },
  ]);
  expect(imported.map(({ entry }) => entry)).toEqual([
    { key: 'raw/', digest: digestOf(folder), size: 3, files: 2 },
    { key: 'old/table.csv', digest: digestOf(lines), size: lines.length },
  ]);
  expect(readLock(into).entries).toHaveLength(2);
  expect([data('raw/deep/a.txt'), data('raw/b.txt'), data('old/table.csv')]).toEqual(['a', 'bb', lines]);
  expect(read).toEqual({ 'its cache': 2, 'its work tree': 1 });
  expect(about.get('raw/')).toEqual({ description: 'Raw things' });
});

test('in the repository that DVC was used in, what lies under data/ stays where it is', async () => {
  const workspace = testWorkspace({
    '.dvc/config': '',
    'data/x/a.csv': 'a',
    'data/x/a.csv.dvc': out('a.csv', 'a'),
  });
  const inode = () => statSync(join(workspace.root, 'data/x/a.csv')).ino;
  const before = inode();
  await bringIn(workspace, (await dvcOffer(workspace, workspace.root, {})).planned);
  expect(readLock(workspace).entries).toEqual([{ key: 'x/a.csv', digest: digestOf('a'), size: 1 }]);
  expect(inode()).toBe(before);
});

test('what stages made comes by dvc.lock, from where they worked; what is no dataset is named', async () => {
  const { move } = moving({
    'dvc.yaml': `stages:
  train:
    wdir: work
    cmd: python train.py
    params: [depth]
    outs: [model.bin]
    metrics:
    - m.json: {cache: false}
    plots: [roc.csv]
  each:
    foreach: [a]
    do: {cmd: x, outs: ["out-\${item}.bin"]}
params: [params.yaml]
`,
    'dvc.lock': `schema: '2.0'
stages:
  train:
    cmd: python train.py
    outs:
    - {path: model.bin, hash: md5, md5: ${md5('model')}, size: 5}
    - {path: m.json, hash: md5, md5: ${md5('{}')}, size: 2}
    - {path: roc.csv, hash: md5, md5: ${md5('roc')}, size: 3}
  each@a:
    cmd: x
    outs:
    - {path: out-a.bin, hash: md5, md5: ${md5('model')}, size: 5}
    - {path: "s3://bucket/x", etag: abc}
`,
    'lib.csv.dvc': `deps:\n- path: lib.csv\n  repo: {url: https://example.com/x}\n${out('lib.csv', 'lib')}`,
    'fresh.csv.dvc': 'outs:\n- path: fresh.csv\n',
    [`.dvc/cache/${current(md5('model'))}`]: 'model',
    'broken/dvc.yaml': 'stages: &all {}\n',
    'broken/dvc.lock': `schema: '2.0'\nstages:\n  a:\n    outs:\n    - {path: x, hash: md5, md5: ${md5('x')}}\n`,
  });
  const { imported, skipped, notTaken } = await move();
  expect(imported.map(({ entry }) => entry.key)).toEqual(['work/model.bin', 'out-a.bin']);
  expect({ skipped, notTaken }).toMatchInlineSnapshot(`
    {
      "notTaken": [
        "broken/dvc.yaml, which cannot be read: E_YAML_ALIAS: an anchor or alias in broken/dvc.yaml:1:14 — every value written out.",
        "stages of dvc.yaml: train, each",
        "params of dvc.yaml",
      ],
      "skipped": [
        {
          "path": "broken/x",
          "reason": "broken/dvc.yaml cannot be read (E_YAML_ALIAS)",
        },
        {
          "path": "work/m.json",
          "reason": "cache: false, so that Git has it and DVC keeps no bytes",
        },
        {
          "path": "work/roc.csv",
          "reason": "it is of the plots of stage train",
        },
        {
          "path": "s3://bucket/x",
          "reason": "it lies outside the repository",
        },
        {
          "path": "fresh.csv",
          "reason": "DVC has not hashed it yet: \`dvc commit\`",
        },
        {
          "path": "lib.csv",
          "reason": "imported from another repository: lock it by \`lockstep data add\` after \`dvc pull\`",
        },
      ],
    }
  `);
});

test('only what is chosen is fetched from the remote, and nothing twice', async () => {
  const asked: string[] = [];
  const objects: Files = { [`/base/${current(md5('one'))}`]: 'one', [`/base/${old(md5('two'))}`]: 'two' };
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const bytes = objects[request.url!];
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const config = `[core]\n    remote = web\n['remote "web"']\n    url = http://127.0.0.1:${(server.address() as AddressInfo).port}/base\n`;
  const { move, data, root, into } = moving({
    '.dvc/config': config,
    'one.bin.dvc': out('one.bin', 'one'),
    'copy.bin.dvc': out('copy.bin', 'one'),
    'two.bin.dvc': `outs:\n- md5: ${md5('two')}\n  size: 3\n  path: two.bin\n`,
  });
  await move({ only: ['one.bin.dvc'] });
  expect(asked).toEqual([`/base/${current(md5('one'))}`]);
  expect((await move({ only: ['./copy.bin'], as: 'data/from/dvc/' })).read).toEqual({ 'the store': 1 });
  rmSync(join(into.root, '.lockstep/cache'), { recursive: true });
  expect((await move()).read).toEqual({ 'its remote "web"': 3 });
  expect(asked.filter((url) => url.endsWith(md5('one').slice(2)))).toHaveLength(2);
  expect([data('one.bin'), data('from/dvc/copy.bin'), data('two.bin')]).toEqual(['one', 'one', 'two']);
  writeInto(root, '.dvc/config', '[\'remote "web"\']\nurl = ssh://host/x\n');
  rmSync(join(into.root, '.lockstep'), { recursive: true });
  expect(await messageOf(() => move({ only: ['two.bin'] }))).toMatchInlineSnapshot(
    `"E_OBJECT_MISSING: "two.bin" (md5:b8a9f715dbb64fd5c56e7783c6820a61) is in none of: its cache, its work tree, its remote "web" (not read: Lockstep does not read ssh:) — bytes that can be read from here. Fix: fetch them with the tool that keeps them, or leave it out: name what you want with --only."`,
  );
});

test('bytes that are not what DVC states are refused, and nothing is left', async () => {
  const cases: Readonly<Record<string, Files>> = {
    'a flipped bit': {
      'a.csv.dvc': out('a.csv', 'abc'),
      [`.dvc/cache/${current(md5('abc'))}`]: 'abd',
      'b.csv.dvc': out('b.csv', 'b'),
      'b.csv': 'b',
    },
    'another size': { 'a.csv.dvc': out('a.csv', 'abc').replace('size: 3', 'size: 4'), 'a.csv': 'abc' },
    'no md5': { 'a.csv.dvc': 'outs:\n- md5: abc\n  path: a.csv\n' },
    'an upper-case md5': { 'a.csv.dvc': `outs:\n- md5: ${md5('x').toUpperCase()}\n  path: a.csv\n` },
    'a number': { 'a.csv.dvc': 'outs:\n- md5: 12345678901234567890123456789012\n  path: a.csv\n' },
    'bytes that are nowhere': { 'a.csv.dvc': out('a.csv', 'abc') },
    'an alias': { 'a.csv.dvc': 'outs: &a []\nmeta: *a\n' },
    'no mapping': { 'a.csv.dvc': '- x\n' },
    'two keys in one': { 'data/x.csv.dvc': out('x.csv', 'x'), 'x.csv.dvc': out('x.csv', 'x'), 'x.csv': 'x' },
    'a reserved name': { '.github/x.csv.dvc': out('x.csv', 'x') },
  };
  const said: Record<string, string> = {};
  for (const [name, files] of Object.entries(cases)) {
    const { refusal, into } = moving(files);
    said[name] = await refusal();
    expect(untouched(into), name).toBe(true);
  }
  expect(said).toMatchInlineSnapshot(`
    {
      "a flipped bit": "E_DIGEST_MISMATCH: "a.csv" is md5:4911e516e5aa21d327512e0c8b197616 in its cache, after 3 bytes — expected md5:900150983cd24fb0d6963f7d28e17f72 of 3 bytes. Fix: put the right bytes there, or leave it out: name what you want with --only.",
      "a number": "E_DIGEST_FORMAT: outs.0.md5 is 1.2345678901234567e+31 in a.csv.dvc:2:3 — 32 lower-case hex digits, and .dir for a folder.",
      "a reserved name": "E_PATH_RESERVED: the path ".github/x.csv" — no part called .git, .github, .lockstep, node_modules. Fix: rename the file or folder, and add it again.",
      "an alias": "E_YAML_ALIAS: an anchor or alias in a.csv.dvc:1:10 — every value written out.",
      "an upper-case md5": "E_DIGEST_FORMAT: outs.0.md5 is "9DD4E461268C8034F5C8564E155C67A6" in a.csv.dvc:2:3 — 32 lower-case hex digits, and .dir for a folder.",
      "another size": "E_SIZE_MISMATCH: "a.csv" has 3 bytes in its work tree, which are those of its md5 — the 4 bytes that are promised. Fix: correct the size where it is stated.",
      "bytes that are nowhere": "E_OBJECT_MISSING: "a.csv" (md5:900150983cd24fb0d6963f7d28e17f72) is in none of: its cache, its work tree — bytes that can be read from here. Fix: fetch them with the tool that keeps them, or leave it out: name what you want with --only.",
      "no mapping": "E_CONFIG_TYPE: the file is ["x"] in a.csv.dvc:1:1 — a mapping.",
      "no md5": "E_DIGEST_FORMAT: outs.0.md5 is "abc" in a.csv.dvc:2:3 — 32 lower-case hex digits, and .dir for a folder.",
      "two keys in one": "E_LOCK_DUPLICATE: the path "x.csv" a second time — each path once. Fix: choose another prefix with --as.",
    }
  `);
});

test('a manifest may be hostile', async () => {
  const manifests: Readonly<Record<string, string>> = {
    'out of the folder': `[{"md5": "${md5('a')}", "relpath": "../../a"}]`,
    absolute: `[{"md5": "${md5('a')}", "relpath": "/etc/cron.d/a"}]`,
    'no md5': '[{"md5": "../../x", "relpath": "a"}]',
    'twins in case': `[{"md5": "${md5('a')}", "relpath": "a"}, {"md5": "${md5('a')}", "relpath": "A"}]`,
    'no list': '{}',
    'no JSON': '[',
  };
  const said: Record<string, string> = {};
  for (const [name, manifest] of Object.entries(manifests)) {
    const { refusal, into } = moving({
      'raw.dvc': `outs:\n- md5: ${md5(manifest)}.dir\n  hash: md5\n  path: raw\n`,
      [`.dvc/cache/${current(md5(manifest))}.dir`]: manifest,
    });
    said[name] = (await refusal()).replaceAll(md5(manifest), '<md5>');
    expect(untouched(into), name).toBe(true);
  }
  const torn = moving({
    'raw.dvc': `outs:\n- md5: ${md5('[]')}.dir\n  hash: md5\n  path: raw\n`,
    [`.dvc/cache/${current(md5('[]'))}.dir`]: '[ ]',
  });
  said['another manifest'] = await torn.refusal();
  expect(said).toMatchInlineSnapshot(`
    {
      "absolute": "E_PATH_ABSOLUTE: the path "/etc/cron.d/a" in raw (<md5>.dir) — a path relative to data/. Fix: rename the file or folder, and add it again.",
      "another manifest": "E_DIGEST_MISMATCH: "raw" is md5:fa9497f5acccafcc3e6019657bdc5eb1 in its cache, after 3 bytes — expected md5:d751713988987e9331980363e24189ce. Fix: put the right bytes there, or leave it out: name what you want with --only.",
      "no JSON": "E_JSON_SYNTAX: Unexpected end of JSON input in raw (<md5>.dir):1:2 — JSON without comments or trailing commas.",
      "no list": "E_CONFIG_TYPE: no list in raw (<md5>.dir) — a list of {md5, relpath}, as DVC writes it. Fix: let DVC make the folder anew (\`dvc commit\`).",
      "no md5": "E_DIGEST_FORMAT: the md5 "../../x" of entry 1 in raw (<md5>.dir) — 32 lower-case hex digits.",
      "out of the folder": "E_PATH_TRAVERSAL: the path "../../a" in raw (<md5>.dir) — a path that stays inside data/. Fix: rename the file or folder, and add it again.",
      "twins in case": "E_LOCK_CASE_COLLISION: "a" and "A", one file where case is ignored in raw (<md5>.dir) — paths that differ in more than case.",
    }
  `);
});

test('what lies in the way stays, and so does everything else; --force replaces it', async () => {
  const { move, refusal, into, data } = moving({
    'a.csv.dvc': out('a.csv', 'a'),
    'a.csv': 'a',
    'b.csv.dvc': out('b.csv', 'b'),
    'b.csv': 'b',
  });
  writeInto(into.root, 'data/b.csv', 'mine');
  expect(await refusal()).toMatch(/^E_DATA_CHANGED: something else lies at data\/b\.csv /);
  expect([existsSync(join(into.root, 'data/a.csv')), data('b.csv'), findLock(into)]).toEqual([
    false,
    'mine',
    null,
  ]);
  await move({ force: true });
  expect([data('a.csv'), data('b.csv')]).toEqual(['a', 'b']);
  expect((await move()).imported.every(({ entry, before }) => before?.digest === entry.digest)).toBe(true);
  expect(await refusal({ only: ['c.csv'] })).toMatchInlineSnapshot(
    `"E_DATA_MISSING: nothing to import at c.csv — a path as the source names it, or a folder above some. Fix: did you mean a.csv?"`,
  );
});

test('.dvc/config is read as DVC writes it, config.local over it, and every kind of remote is told apart', () => {
  const { root } = moving({
    '.dvc/config': `[core]
    remote = near
    analytics = false
['remote "near"']
    url = ../../store
[cache]
    dir = ../cache
['remote "s3"']
    url = s3://bucket/a/b
    endpointurl = http://127.0.0.1:9000
    region = eu-west-1
["remote \\"odd\\""]
    url = x
['remote "gs"']
    url = gs://bucket/a
['remote "az"']
    url = azure://container/a
    account_name = acct
['remote "drive"']
    url = gdrive://id
['remote "versions"']
    url = s3://bucket/c
    version_aware = true
['remote "login"']
    url = https://ada:secret@example.com/x
`,
    '.dvc/config.local': `['remote "near"']\n  url = "/else/where" \n`,
  });
  const { cache, defaultRemote, remotes } = readDvcConfig(root);
  expect([cache, defaultRemote]).toEqual([join(root, 'cache'), 'near']);
  const told = [...remotes].map(([name, remote]) => {
    if (remote.kind === 'unreadable') return [name, remote.reason];
    return [name, remote.address.kind === 'file' ? remote.address.folder : remote.address.url.href];
  });
  expect(told).toMatchInlineSnapshot(`
    [
      [
        "near",
        "/else/where",
      ],
      [
        "s3",
        "s3://bucket/a/b?endpoint=http%3A%2F%2F127.0.0.1%3A9000&region=eu-west-1",
      ],
      [
        "gs",
        "gs://bucket/a",
      ],
      [
        "az",
        "az://acct/container/a",
      ],
      [
        "drive",
        "Lockstep does not read gdrive:",
      ],
      [
        "versions",
        "it keeps versions by the cloud, not by content",
      ],
      [
        "login",
        "the remote https://***@example.com/x carries credentials",
      ],
    ]
  `);
  expect(parseIni("a = 1\n[x] # c\n# y = 2\nb='q'\n")).toEqual(new Map([['x', new Map([['b', 'q']])]]));
});
