import { expect, test } from 'vitest';
import { makeRepository, makeSandbox } from '../../../test/git-sandbox.ts';
import { git, openWorkspace } from '../../workspace/index.ts';
import { writeObjects } from './branch-objects.ts';
import type { Tip } from './tip.ts';
import type { Content } from './tree-rewrite.ts';

const ident = 'Ünï Codé <u@example.com> 1700000000 +0000';

const tipAt = (commit: string | null): Tip => ({ commit, entries: [], source: 'local', newTags: false });

test('what Git did not write is as Git writes it: order, modes, names, commit and tag', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  const run = (args: string[], input = '') => git(args, { cwd: root, input });
  const workspace = openWorkspace(root);
  const write = async (commit: string | null, files: Record<string, Content>) =>
    writeObjects(
      workspace,
      tipAt(commit),
      {
        files: new Map(Object.entries(files)),
        message: '\nwhy\r\n\nKey: value\n\n',
        ...(commit === null ? {} : { tag: { name: 'churn#dev#1', commit, message: 'told' } }),
      },
      ident,
    );
  const blob = await run(['hash-object', '-w', '--stdin'], 'ü\n');
  const odd = await run(
    ['mktree'],
    `100755 blob ${blob}\ttool\n120000 blob ${blob}\tlink\n160000 commit ${'1'.repeat(40)}\tmodule\n100644 blob ${blob}\t"\\377"\n`,
  );
  const made = await run(['commit-tree', '-m', 'by git', await run(['mktree'], `040000 tree ${odd}\ta\n`)]);
  await run(['gc', '--quiet']);
  const { commit, refs } = await write(made, {
    'a/b/c': Buffer.from('1'),
    'a/gone': null,
    a0: { oid: blob },
    'a.b': Buffer.from('ü\n'),
    'tool/x': Buffer.alloc(0),
  });
  expect(await run(['-c', 'core.quotePath=true', 'ls-tree', '-r', commit])).toBe(
    [
      `100644 blob ${blob}\ta.b`,
      `100644 blob ${await run(['hash-object', '--stdin'], '1')}\ta/b/c`,
      `120000 blob ${blob}\ta/link`,
      `160000 commit ${'1'.repeat(40)}\ta/module`,
      `100755 blob ${blob}\ta/tool`,
      `100644 blob ${blob}\t"a/\\377"`,
      `100644 blob ${blob}\ta0`,
      `100644 blob ${await run(['hash-object', '--stdin'])}\ttool/x`,
    ].join('\n'),
  );
  const tree = await run(['rev-parse', `${commit}^{tree}`]);
  expect(await run(['cat-file', '-p', commit])).toBe(
    `tree ${tree}\nparent ${made}\nauthor ${ident}\ncommitter ${ident}\n\nwhy\n\nKey: value`,
  );
  expect(await run(['cat-file', '-p', refs['refs/tags/churn#dev#1']!])).toBe(
    `object ${made}\ntype commit\ntag churn#dev#1\ntagger ${ident}\n\ntold`,
  );
  const emptied = await write(commit, { a0: null, 'a.b': null, 'tool/x': null, a: null });
  expect(await run(['ls-tree', '-r', emptied.commit])).toBe('');
  const first = await write(null, { 'a/b': Buffer.from('1') });
  expect(await run(['log', '--format=%s', first.commit])).toBe('why');
  for (const oid of [commit, emptied.commit, first.commit, ...Object.values(refs)])
    expect(await run(['fsck', '--strict', '--no-dangling', oid])).toBe('');
});

test('a repository of SHA-256 ids is told so, and so is a tree that is not here', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  const workspace = openWorkspace(root);
  const change = { files: new Map([['a', Buffer.from('1')]]), message: 'why' };
  await expect(writeObjects(workspace, tipAt('1'.repeat(40)), change, ident)).rejects.toThrow(
    /^E_GIT: 1{40}\^\{tree\} is no tree here: 1{40}\^\{tree\} missing/,
  );
  await git(['init', '--quiet', '--object-format=sha256', 'other'], { cwd: root });
  await expect(
    writeObjects({ ...workspace, root: `${root}/other` }, tipAt(null), change, ident),
  ).rejects.toThrow(/^E_GIT: this repository names objects by sha256/);
});
