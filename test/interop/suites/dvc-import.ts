import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Suite, Tools } from '../suite.ts';
import { dvcPrograms } from '../tools/dvc.ts';
import { cleanEnvironment } from '../tools/environment.ts';

export const suite: Suite = {
  name: 'dvc-import',
  shows: 'what DVC itself added, made and pushed is ours by `lockstep data import`, byte for byte',
  minutes: 3,
  long: true,
  needs: {},
  run: moveIn,
};

interface Answer {
  readonly imported: readonly { readonly entry: { readonly key: string; readonly digest: string } }[];
  readonly read: Readonly<Record<string, number>>;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly notTaken: readonly string[];
  readonly error?: { readonly code: string };
}

async function moveIn({ root: checkout, folder, programs }: Tools): Promise<string> {
  const bin = await dvcPrograms();
  const [theirs, ours, home] = ['theirs', 'ours', 'home'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const place of [theirs, home, join(ours, 'pipelines')]) mkdirSync(place, { recursive: true });
  const env = {
    ...cleanEnvironment(home),
    DVC_NO_ANALYTICS: '1',
    DVC_SITE_CACHE_DIR: join(home, 'site'),
    PATH: `${bin}:${process.env.PATH}`,
  };
  const run = (program: string, ...args: string[]) =>
    programs.run(program === 'git' ? program : join(bin, program), args, { cwd: theirs, env });
  const lockstep = async (...args: string[]) => {
    const { out } = await programs.tryRun(
      process.execPath,
      [join(checkout, 'src/cli/main.ts'), ...args, '--json'],
      { cwd: ours, env },
    );
    return JSON.parse(out.trim().split('\n').at(-1)!) as Answer;
  };
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(theirs, path)), { recursive: true });
    writeFileSync(join(theirs, path), content);
  };

  const content: Readonly<Record<string, Buffer>> = {
    'customers.csv': Buffer.from('id,fee\r\n1,20\r\n2,30\r\n'),
    'images/a.bin': Buffer.alloc(3 << 20, 'lockstep'),
    'images/deep/ü b.bin': Buffer.from([0, 1, 2, 255]),
    'images/deep/again.bin': Buffer.from([0, 1, 2, 255]),
    'work/train.bin': Buffer.concat([
      Buffer.alloc(3 << 20, 'lockstep'),
      Buffer.from('id,fee\r\n1,20\r\n2,30\r\n'),
    ]),
    'work/parts/one.txt': Buffer.from('one\n'),
  };
  await run('git', 'init', '--quiet');
  await run('dvc', 'init', '--quiet');
  await run('dvc', 'remote', 'add', '--default', 'store', join(folder, 'remote'));
  write('data/customers.csv', content['customers.csv']!);
  for (const path of ['images/a.bin', 'images/deep/ü b.bin', 'images/deep/again.bin'])
    write(`data/${path}`, content[path]!);
  await run('dvc', 'add', '--quiet', 'data/customers.csv', 'data/images');
  const line =
    'cat ../data/images/a.bin ../data/customers.csv > train.bin && mkdir -p parts && echo one > parts/one.txt && echo "{\\"auc\\": 0.9}" > m.json';
  write('work/.keep', '');
  write('make.sh', line);
  write(
    'dvc.yaml',
    `stages:\n  prepare:\n    wdir: work\n    cmd: sh ../make.sh\n    deps: [../data/images, ../data/customers.csv]\n    outs: [train.bin, parts]\n    metrics: [m.json: {cache: false}]\n`,
  );
  await run('dvc', 'repro', '--quiet');
  await run('dvc', 'push', '--quiet');

  // A change that nobody added is not what DVC states: the cache has that.
  write('data/customers.csv', 'changed since');
  assert.deepEqual((await lockstep('data', 'import', 'dvc', theirs, '--only', 'data/customers.csv')).read, {
    'its cache': 1,
  });
  for (const place of [
    '.dvc/cache',
    '.dvc/tmp',
    'data/customers.csv',
    'data/images',
    'work/train.bin',
    'work/parts',
  ])
    rmSync(join(theirs, place), { recursive: true, force: true });
  const some = await lockstep('data', 'import', 'dvc', theirs, '--only', 'work');
  assert.deepEqual(some.imported.map(({ entry }) => entry.key).sort(), ['work/parts/', 'work/train.bin']);
  assert.deepEqual(some.read, { 'its remote "store"': 2 });
  const all = await lockstep('data', 'import', 'dvc', theirs);
  // By files: what was read before is not fetched again.
  assert.deepEqual(all.read, { 'the store': 3, 'its remote "store"': 3 });
  for (const [path, bytes] of Object.entries(content))
    assert.ok(readFileSync(join(ours, 'data', path)).equals(bytes), path);
  const entry = all.imported.find((item) => item.entry.key === 'customers.csv')!.entry;
  assert.equal(
    entry.digest,
    `sha256:${createHash('sha256').update(content['customers.csv']!).digest('hex')}`,
  );
  assert.deepEqual(
    all.skipped.map(({ path }) => path),
    ['work/m.json'],
  );
  assert.ok(all.notTaken.includes('stages of dvc.yaml: prepare'), String(all.notTaken));

  // As DVC 2 stated and kept it: another layout, and text without its carriage returns, except where a piece of 1 MiB ends
  // inside of CRLF. DVC says what the md5 is, and checks it out.
  for (const [name, bytes] of [
    ['small', Buffer.from('id,fee\r\n1,20\r\n')],
    ['large', Buffer.from(`${'x'.repeat((1 << 20) - 1)}\r\n${'1,20\r\n'.repeat(200_000)}\u0000`)],
  ] as const) {
    write(name, bytes);
    const asked = `from dvc_data.hashfile.hash import file_md5; print(file_md5("${name}", name="md5-dos2unix"))`;
    const hash = (await run('python', '-c', asked)).trim();
    assert.notEqual(hash, createHash('md5').update(bytes).digest('hex'));
    write(`data/${name}.csv.dvc`, `outs:\n- md5: ${hash}\n  size: ${bytes.length}\n  path: ${name}.csv\n`);
    write(`.dvc/cache/${hash.slice(0, 2)}/${hash.slice(2)}`, bytes);
    await run('dvc', 'checkout', '--quiet', `data/${name}.csv.dvc`);
    assert.ok(readFileSync(join(theirs, `data/${name}.csv`)).equals(bytes));
    const { read } = await lockstep('data', 'import', 'dvc', theirs, '--only', `data/${name}.csv`);
    assert.deepEqual(read, { 'its cache': 1 });
    assert.ok(readFileSync(join(ours, `data/${name}.csv`)).equals(bytes), name);
  }

  // One flipped bit in the remote.
  const changed = readFileSync(join(folder, 'remote', remotePath(content['work/train.bin']!)));
  changed[0]! ^= 1;
  rmSync(join(folder, 'remote', remotePath(content['work/train.bin']!)), { force: true });
  writeFileSync(join(folder, 'remote', remotePath(content['work/train.bin']!)), changed);
  for (const place of ['.lockstep', 'data', 'data.lock']) rmSync(join(ours, place), { recursive: true });
  const refused = await lockstep('data', 'import', 'dvc', theirs);
  assert.equal(refused.error?.code, 'E_DIGEST_MISMATCH');
  assert.throws(() => readFileSync(join(ours, 'data.lock')), /ENOENT/);
  return `${Object.keys(content).length} files of 4 outputs, ${all.imported.length} datasets, DVC 2's way too`;
}

function remotePath(bytes: Buffer): string {
  const hex = createHash('md5').update(bytes).digest('hex');
  return `files/md5/${hex.slice(0, 2)}/${hex.slice(2)}`;
}
