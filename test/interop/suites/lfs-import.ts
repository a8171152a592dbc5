import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startLfsServer } from '../../fakes/lfs-server.ts';
import type { Suite, Tools } from '../suite.ts';
import { cleanEnvironment } from '../tools/environment.ts';

export const suite: Suite = {
  name: 'lfs-import',
  shows:
    'what git-lfs committed is ours by `lockstep data import`, from its cache, a bare remote and an LFS server',
  minutes: 2,
  long: true,
  needs: { debian: { 'git-lfs': 'git-lfs' } },
  run: moveIn,
};

interface Answer {
  readonly imported: readonly { readonly entry: { readonly key: string } }[];
  readonly read: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string };
}

const content: Readonly<Record<string, Buffer>> = {
  'flights.bin': Buffer.alloc(2 << 20, 'lockstep'),
  'deep/ü b.bin': Buffer.from('two\r\n'),
};

async function moveIn({ root: checkout, folder, programs }: Tools): Promise<string> {
  const [theirs, ours, home, bare] = ['theirs', 'ours', 'home', 'bare.git'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const place of [home, join(ours, 'pipelines')]) mkdirSync(place, { recursive: true });
  const env = { ...cleanEnvironment(home), GIT_CONFIG_GLOBAL: join(home, 'gitconfig') };
  const server = await startLfsServer({ login: 'ada:secret' });
  const git = (...args: string[]) => programs.run('git', args, { cwd: theirs, env });
  const lockstep = async () => {
    for (const place of ['.lockstep', 'data', 'data.lock'])
      rmSync(join(ours, place), { recursive: true, force: true });
    const args = [join(checkout, 'src/cli/main.ts'), 'data', 'import', 'lfs', theirs, '--json'];
    const { out } = await programs.tryRun(process.execPath, args, { cwd: ours, env });
    const answer = JSON.parse(out.trim().split('\n').at(-1)!) as Answer;
    for (const [path, bytes] of Object.entries(answer.error ? {} : content))
      assert.ok(readFileSync(join(ours, 'data', path)).equals(bytes), path);
    return answer;
  };
  try {
    await programs.run('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare], { env });
    await programs.run('git', ['init', '--quiet', '--initial-branch=main', theirs], { env });
    for (const [key, value] of [
      ['user.name', 'Ada'],
      ['user.email', 'ada@example.com'],
      ['credential.helper', '!f() { echo username=ada; echo password=secret; }; f'],
    ] as const)
      await git('config', '--global', key, value);
    await git('lfs', 'install');
    await git('lfs', 'track', '*.bin');
    for (const [path, bytes] of Object.entries(content)) {
      mkdirSync(dirname(join(theirs, 'data', path)), { recursive: true });
      writeFileSync(join(theirs, 'data', path), bytes);
    }
    writeFileSync(
      join(theirs, 'note.txt'),
      'version https://git-lfs.github.com/spec/v2 is not what this file is\n',
    );
    await git('add', '--all');
    await git('commit', '--quiet', '-m', 'data');
    assert.deepEqual((await lockstep()).read, { 'its LFS cache': 2 });

    await git('remote', 'add', 'origin', `file://${bare}`);
    await git('push', '--quiet', 'origin', 'main');
    const forget = () => {
      rmSync(join(theirs, '.git/lfs/objects'), { recursive: true });
      rmSync(join(theirs, 'data'), { recursive: true });
    };
    forget();
    assert.deepEqual((await lockstep()).read, { [`its remote ${bare}`]: 2 });

    await git('lfs', 'fetch');
    await git('config', 'lfs.url', server.url);
    await git('lfs', 'push', '--all', 'origin');
    assert.equal(server.objects.size, 2);
    rmSync(join(theirs, '.git/lfs/objects'), { recursive: true });
    assert.deepEqual((await lockstep()).read, { 'its LFS server': 2 });
    await git('config', '--global', 'credential.helper', '');
    assert.equal((await lockstep()).error?.code, 'E_REMOTE_CREDENTIALS');
    return `${Object.keys(content).length} files from 3 places; git-lfs pushed to the server we read`;
  } finally {
    server.close();
  }
}
