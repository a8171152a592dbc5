import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bucketContract } from '../../../src/data/remotes/contract.ts';
import { s3Bucket } from '../../../src/data/remotes/s3-bucket.ts';
import type { Suite, Tools } from '../suite.ts';
import { makeProject, type Project } from '../tools/project.ts';
import { type Radosgw, radosgwPrograms, startRadosgw } from '../tools/radosgw.ts';

export const suite: Suite = {
  name: 'radosgw',
  shows:
    "Debian's radosgw takes our S3 requests: the contract of remotes, refusals, a project's data for a fresh clone",
  minutes: 2,
  needs: { debian: radosgwPrograms },
  run: async (tools) => {
    const s3 = await startRadosgw(tools.folder, 2);
    try {
      await s3.makeBucket('bucket');
      await bucketContract(() => s3Bucket(new URL('s3://bucket/prefix'), s3.environment), [s3.secretKey]);
      await bucketContract(() => s3Bucket(new URL('s3://bucket/team a/ünï+(1)'), s3.environment));
      await refusals(s3);
      return `the contract below two prefixes, ${await shared(tools, s3)}`;
    } finally {
      await s3.stop();
    }
  },
};

async function refusals(s3: Radosgw): Promise<void> {
  const cases: readonly (readonly [string, NodeJS.ProcessEnv, RegExp])[] = [
    ['s3://bucket/x', { AWS_SECRET_ACCESS_KEY: 'another-of-nothing' }, /E_REMOTE_CREDENTIALS.*403/s],
    ['s3://bucket/x', { AWS_ACCESS_KEY_ID: 'AKNOBODY' }, /E_REMOTE_CREDENTIALS.*403/s],
    ['s3://no-such-bucket/x', {}, /E_REMOTE_FAILED.*there is no bucket/s],
  ];
  for (const [url, more, expected] of cases) {
    const bucket = await s3Bucket(new URL(url), { ...s3.environment, ...more });
    for (const work of [() => bucket.get('a'), () => bucket.put('a', Buffer.from('a'), sha256OfA)]) {
      const error = await work().then(
        () => new Error(`${url} did what it must refuse`),
        (reason: Error) => reason,
      );
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(more.AWS_SECRET_ACCESS_KEY ?? s3.secretKey), 'no secret in it');
    }
  }
  const right = await s3Bucket(new URL('s3://bucket/x'), s3.environment);
  await assert.rejects(right.put('a', Buffer.from('b'), sha256OfA), 'bytes that are not what was signed');
  assert.equal(await right.stat('a'), null);
}

const sha256OfA = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

/** Pushed by one and pulled by another, who has the clone and the environment. */
async function shared(tools: Tools, s3: Radosgw): Promise<string> {
  const project = await makeProject(tools);
  Object.assign(project.environment, s3.environment);
  const path = join(project.root, 'lockstep.yaml');
  const text = readFileSync(path, 'utf8').replace(/^remote:.*\n/m, '');
  writeFileSync(path, `remote: s3://bucket/team\n${text}`);
  const files = {
    'notes/a.txt': 'a\n',
    'notes/b/c.txt': 'c\n',
    'large.bin': 'row of a large file\n'.repeat(700_000),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(project.root, 'data', name, '..'), { recursive: true });
    writeFileSync(join(project.root, 'data', name), content);
  }
  for (const key of ['notes', 'large.bin']) await project.lockstep('data', 'add', `data/${key}`);
  const { pushed } = (await project.lockstep('data', 'push', 'notes/', 'large.bin')) as unknown as Pushed;
  const again = (await project.lockstep('data', 'push', 'notes/', 'large.bin')) as unknown as Pushed;
  assert.deepEqual([pushed.objects > 0, again.pushed.objects, again.pushed.bytes], [true, 0, 0]);
  const clone = await cloneOf(tools, project);
  const pull = [join(clone, 'src/cli/main.ts'), 'data', 'pull', 'notes/', 'large.bin'];
  await tools.programs.run(process.execPath, pull, { cwd: clone, env: project.environment });
  for (const [name, content] of Object.entries(files))
    assert.ok(readFileSync(join(clone, 'data', name), 'utf8') === content, name);
  return `${pushed.objects} objects from one clone in another`;
}

interface Pushed {
  readonly pushed: { readonly objects: number; readonly bytes: number };
}

/** What was changed in a project, committed, in a clone that has nothing else of it. */
async function cloneOf({ programs, folder }: Tools, { root, environment }: Project): Promise<string> {
  const clone = join(folder, 'clone');
  const git = (...args: string[]) => programs.run('git', args, { cwd: root, env: environment });
  await git('commit', '--quiet', '--all', '--message', 'data');
  await git('clone', '--quiet', root, clone);
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'), 'junction');
  return clone;
}
