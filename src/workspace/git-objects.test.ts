import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeRepository, makeSandbox } from '../../test/git-sandbox.ts';
import { digestOf } from './digest.ts';
import { git } from './git.ts';
import { openObjects } from './git-objects.ts';

test('one process gives the bytes of many blobs, whatever is in them, and goes on after an id that is none', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  const contents = [
    Buffer.alloc(0),
    Buffer.from('a\n\nb missing\n'),
    randomBytes(300_000),
    Buffer.from('\n'),
  ];
  const oids: string[] = [];
  for (const input of contents)
    oids.push(await git(['hash-object', '-w', '-t', 'blob', '--stdin'], { cwd: root, input }));
  const tree = await git(['mktree'], { cwd: root, input: `100644 blob ${oids[1]}\ta\n` });
  await using objects = openObjects(root);
  const asked = [...oids, '0'.repeat(40), tree, ...oids].map((oid) => objects.read(oid));
  const answers = await Promise.allSettled(asked);
  const expected = contents.map((content) => digestOf(content));
  expect(
    answers.map((answer) =>
      answer.status === 'fulfilled' ? digestOf(answer.value) : String(answer.reason.message),
    ),
  ).toEqual([
    ...expected,
    expect.stringMatching(/^E_GIT: 0{40} is no blob here: 0{40} missing\./),
    expect.stringMatching(/^E_GIT: [0-9a-f]{40} is no blob here: [0-9a-f]{40} tree /),
    ...expected,
  ]);
});

test('where there is no repository, the first read says so', async () => {
  await using sandbox = await makeSandbox();
  await using objects = openObjects(sandbox.folder);
  await expect(objects.read('0'.repeat(40))).rejects.toThrow(/^E_GIT: git cat-file ended too early/);
});
