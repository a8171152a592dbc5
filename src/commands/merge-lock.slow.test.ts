import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';
import { type GitSandbox, makeSandbox } from '../../test/git-sandbox.ts';
import { addData, parseLock, printLock, pullData, pushData, readLock } from '../data/index.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { lockConflict } from './lock-conflict.ts';
import { withAttribute } from './merge-driver.ts';

const lockstep = ({ root }: Workspace, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, out: stdout + stderr };
};

const inGit = ({ root }: Workspace, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return { status, out: stdout + stderr };
};

type Files = Readonly<Record<string, string | null>>;

/** Puts files under data/, locks what they are in, sends it and commits all. */
async function lockFiles(workspace: Workspace, files: Files): Promise<void> {
  const { root } = workspace;
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'data', path)), { recursive: true });
    if (content === null) rmSync(join(root, 'data', path));
    else writeFileSync(join(root, 'data', path), content);
  }
  const datasets = new Set(Object.keys(files).map((path) => (path.startsWith('f/') ? 'f' : path)));
  for (const key of datasets) await addData(workspace, join(root, 'data', key), { force: true });
  await pushData(workspace);
  await git(['add', '--all'], { cwd: root });
  await git(['commit', '--quiet', '-m', 'data'], { cwd: root });
}

/** A branch `change` and main at origin, which both grew from `base`; `change` is checked out in the clone of ada. */
async function diverged(sandbox: GitSandbox, base: Files, ours: Files, theirs: Files): Promise<Workspace> {
  const ada = await sandbox.clone('ada');
  writeFileSync(join(ada.root, '.gitignore'), '/data/\n/.lockstep/\n');
  writeFileSync(join(ada.root, '.gitattributes'), '/.data/** -text -diff\n');
  mkdirSync(join(ada.root, 'pipelines'));
  writeFileSync(join(ada.root, 'lockstep'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(ada.root, 'lockstep'), 0o755);
  const workspace = openWorkspace(ada.root);
  await lockFiles(workspace, base);
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: ada.root });
  const bob = await sandbox.clone('bob');
  const other = openWorkspace(bob.root);
  await pullData(other);
  await lockFiles(other, theirs);
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: bob.root });
  await git(['switch', '--quiet', '--create', 'change'], { cwd: ada.root });
  await lockFiles(workspace, ours);
  await git(['fetch', '--quiet'], { cwd: ada.root });
  return workspace;
}

const base = { 'm.csv': 'a\n1\n', 'n.csv': 'a\n1\n', 'f/x': '1', 'f/y': '1' };

test('a stopped merge is settled dataset by dataset, a folder file by file, and Git goes on', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await diverged(
    sandbox,
    base,
    { 'n.csv': 'a\n2\n', 'a.csv': 'a\n3\n', 'f/x': '22' },
    { 'm.csv': 'a\n4\n', 'o.csv': 'a\n5\n', 'f/y': '333', 'f/z': '4' },
  );
  expect(lockstep(workspace, 'data', 'merge')).toEqual({ status: 0, out: 'data.lock is in no conflict\n' });
  const command = await lockConflict(workspace, 'HEAD');
  expect(command).toBe('./lockstep data merge --base main && git commit --no-edit');
  expect(lockstep(workspace, 'plan').out).toContain(command);
  expect(inGit(workspace, 'merge', 'origin/main').status).toBe(1);
  const { status, out } = lockstep(workspace, 'data', 'merge');
  expect(out).toMatchInlineSnapshot(`
    "data.lock: 3 datasets taken over, no conflict is left
      merged file by file: f/ (3 files)
    next: git commit (or go on with what Git stopped in)
    \`lockstep data merge --install\` lets git do this by itself in this clone
    "
  `);
  expect(status).toBe(0);
  const { entries } = readLock(workspace);
  expect(entries.map(({ key, size, files }) => `${key} ${size} ${files ?? ''}`)).toMatchInlineSnapshot(`
    [
      "a.csv 4 ",
      "f/ 6 3",
      "m.csv 4 ",
      "n.csv 4 ",
      "o.csv 4 ",
    ]
  `);
  expect(inGit(workspace, 'commit', '--no-edit').status).toBe(0);
  expect(printLock(parseLock(inGit(workspace, 'show', 'HEAD:data.lock').out))).toBe(
    readFileSync(join(workspace.root, 'data.lock'), 'utf8'),
  );
  // A clone of the merge has all that its lock names.
  rmSync(join(workspace.root, '.lockstep'), { recursive: true });
  expect(inGit(workspace, 'status', '--porcelain').out).toBe('');
  expect(lockstep(workspace, 'data', 'pull', '--force').status).toBe(0);
  expect(readFileSync(join(workspace.root, 'data/f/y'), 'utf8')).toBe('333');
  expect(await lockConflict(workspace, 'HEAD')).toBeNull();
}, 60_000);

test('--base does it in one command; true conflicts are listed with both sides until they are picked', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await diverged(
    sandbox,
    base,
    { 'm.csv': 'a\nours\n', 'f/x': 'ours' },
    { 'm.csv': 'a\ntheirs\n', 'f/x': 'theirs', 'o.csv': 'a\n5\n' },
  );
  const first = lockstep(workspace, 'data', 'merge', '--base', 'main');
  expect(first.out).toMatchInlineSnapshot(`
    "merged origin/main
    data.lock: 1 dataset taken over, 2 conflicts are left
      f/x
        base    sha256:6b86b273ff34  1 B
        ours    sha256:ae0bec9e9d33  4 B
        theirs  sha256:4c55a8552a2c  6 B
      m.csv
        base    sha256:309b0e45a73d  4 B
        ours    sha256:ee2bab9a9875  7 B
        theirs  sha256:9ea5088a7e22  9 B
    choose: lockstep data merge --ours f/x   (or --theirs, for each)
    "
  `);
  expect(first.status).toBe(1);
  const left = readFileSync(join(workspace.root, 'data.lock'), 'utf8');
  expect(left.match(/^(<<<<<<<|>>>>>>>).*/gm)).toHaveLength(4);
  expect(lockstep(workspace, 'data', 'status').out).toContain('a conflict that Git left behind');
  expect(lockstep(workspace, 'data', 'merge', '--ours', 'q.csv').out).toMatch(
    /^E_DATA_MISSING: no conflict "q.csv"/,
  );
  const again = lockstep(
    workspace,
    'data',
    'merge',
    '--base',
    'main',
    '--ours',
    'm.csv',
    '--theirs',
    'f/x',
    '--json',
  );
  expect(JSON.parse(again.out)).toMatchObject({
    merged: 'origin/main',
    waiting: true,
    others: [],
    lock: { conflicts: [] },
  });
  expect(inGit(workspace, 'commit', '--no-edit').status).toBe(0);
  expect(lockstep(workspace, 'data', 'pull', '--force').status).toBe(0);
  const read = (path: string) => readFileSync(join(workspace.root, 'data', path), 'utf8');
  expect([read('m.csv'), read('f/x'), read('o.csv')]).toEqual(['a\nours\n', 'theirs', 'a\n5\n']);
  expect(lockstep(workspace, 'data', 'merge', '--base', 'main').out).toBe('origin/main is merged already\n');
}, 60_000);

test('the driver merges within git merge; what it can’t stays a conflict with both sides', async () => {
  await using sandbox = await makeSandbox();
  const theirs = { 'm.csv': 'a\n4\n', 'f/y': '333' };
  const workspace = await diverged(sandbox, base, { 'n.csv': 'a\n2\n', 'f/x': '22' }, theirs);
  expect(lockstep(workspace, 'data', 'merge', '--install').status).toBe(0);
  expect(readFileSync(join(workspace.root, '.gitattributes'), 'utf8')).toBe(
    'data.lock text eol=lf merge=lockstep\n/.data/** -text -diff\n',
  );
  expect(inGit(workspace, 'commit', '-qam', 'attributes').status).toBe(0);
  // What GitHub would say is asked without the driver.
  expect(await lockConflict(workspace, 'HEAD')).not.toBeNull();
  const clean = inGit(workspace, 'merge', '--no-edit', 'origin/main');
  expect(clean).toMatchObject({ status: 0 });
  expect(readLock(workspace).entries.map(({ size }) => size)).toEqual([5, 4, 4]);
  expect(clean.out).toMatch(/data.lock: f\/ merged file by file; next: commit \.data\/sha256\/../);
  await pullData(workspace);
  await lockFiles(workspace, { 'm.csv': 'ours' });
  const bob = openWorkspace(join(sandbox.folder, 'bob'));
  await lockFiles(bob, { 'm.csv': 'theirs' });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: bob.root });
  expect(inGit(workspace, 'pull', '--no-rebase', '--no-edit', 'origin', 'main')).toMatchObject({
    status: 1,
    out: expect.stringContaining('data.lock: 1 conflict; `lockstep data merge` shows and settles them'),
  });
  const torn = readFileSync(join(workspace.root, 'data.lock'), 'utf8');
  expect(torn.match(/^ {2}m\.csv/gm)).toHaveLength(3);
  // The same where Lockstep is gone: Git's text merge, never one side alone.
  inGit(workspace, 'merge', '--abort');
  inGit(
    workspace,
    'config',
    'merge.lockstep.driver',
    inGit(workspace, 'config', 'merge.lockstep.driver').out.trim().replace('./lockstep', './gone'),
  );
  expect(inGit(workspace, 'merge', 'origin/main').status).toBe(1);
  expect(readFileSync(join(workspace.root, 'data.lock'), 'utf8').match(/^ {2}m\.csv/gm)).toHaveLength(2);
}, 60_000);

test('a stopped rebase is settled too, and a text merge that Git thinks clean but makes no lock', async () => {
  await using sandbox = await makeSandbox();
  const four = { 'B.csv': '1', 'C.csv': '1', 'D.csv': '1', 'E.csv': '1' };
  const workspace = await diverged(
    sandbox,
    four,
    { 'A.csv': 'ours', 'D.csv': '2' },
    { 'a.csv': 'theirs', 'C.csv': '2' },
  );
  expect(inGit(workspace, 'rebase', 'origin/main').status).toBe(1);
  const torn = lockstep(workspace, 'data', 'merge');
  expect(torn.out.replaceAll(/sha256:\w+/g, '…')).toMatchInlineSnapshot(`
    "data.lock: 1 dataset taken over, 1 conflict is left
      A.csv
        base    nothing
        ours    …  6 B  a.csv
        theirs  …  4 B
    choose: lockstep data merge --ours A.csv   (or --theirs, for each)
    "
  `);
  // In a rebase, "theirs" is the commit that is being moved.
  expect(lockstep(workspace, 'data', 'merge', '--theirs', 'A.csv').status).toBe(0);
  expect(inGit(workspace, '-c', 'core.editor=true', 'rebase', '--continue').status).toBe(0);
  expect(readLock(workspace).entries.map(({ key, size }) => key + size)).toEqual([
    'A.csv4',
    'B.csv1',
    'C.csv1',
    'D.csv1',
    'E.csv1',
  ]);
  const { out: began } = inGit(workspace, 'merge-base', 'HEAD@{1}', 'origin/main~1');
  expect(inGit(workspace, 'switch', '--quiet', '--create', 'solo', began.trim()).status).toBe(0);
  await lockFiles(workspace, { 'A.csv': 'ours' });
  expect(inGit(workspace, 'merge', '--no-edit', 'origin/main').status).toBe(0);
  expect(lockstep(workspace, 'data', 'status').out).toMatch(/^E_LOCK_CASE_COLLISION/);
  expect(lockstep(workspace, 'data', 'merge')).toMatchObject({
    status: 1,
    out: expect.stringContaining('1 conflict is left'),
  });
  expect(lockstep(workspace, 'data', 'merge', '--ours', 'A.csv').status).toBe(0);
  expect(lockstep(workspace, 'data', 'status').status).toBe(0);
}, 60_000);

test('what two people locked for one environment is settled in its own lock', async () => {
  await using sandbox = await makeSandbox();
  const ada = await sandbox.clone('ada');
  const workspace = openWorkspace(ada.root);
  const lock = async (text: string) => {
    writeFileSync(join(sandbox.folder, 'rows.csv'), text);
    await addData(workspace, join(sandbox.folder, 'rows.csv'), { for: 'staging' });
    await git(['add', 'data.staging.lock'], { cwd: ada.root });
    await git(['commit', '--quiet', '-m', 'data'], { cwd: ada.root });
    writeFileSync(join(sandbox.folder, text.slice(2, 3)), readFileSync(join(ada.root, 'data.staging.lock')));
    return readLock(workspace, 'staging').entries[0]!.digest;
  };
  await lock('a\n1\n');
  await git(['switch', '--quiet', '--create', 'change'], { cwd: ada.root });
  const theirs = await lock('a\n2\n');
  await git(['switch', '--quiet', 'main'], { cwd: ada.root });
  await lock('a\n3\n');
  expect(inGit(workspace, 'merge', 'change').status).toBe(1);
  expect(lockstep(workspace, 'data', 'merge').out).toBe('data.lock is in no conflict\n');
  const sides = ['1', '3', '2'].map((side) => join(sandbox.folder, side));
  expect(lockstep(workspace, 'data', 'merge', '--driver', ...sides, 'data.staging.lock').out).toBe(
    'data.staging.lock: 1 conflict; `lockstep data merge --for staging` shows and settles them\n',
  );
  const { status, out } = lockstep(workspace, 'data', 'merge', '--for', 'staging');
  expect(status).toBe(1);
  expect(out).toMatch(/^data\.staging\.lock: 0 datasets taken over, 1 conflict is left\n {2}rows\.csv\n/);
  expect(out).toContain('choose: lockstep data merge --for staging --ours rows.csv ');
  expect(lockstep(workspace, 'data', 'merge', '--for', 'staging', '--theirs', 'rows.csv').status).toBe(0);
  expect(readLock(workspace, 'staging').entries[0]!.digest).toBe(theirs);
  expect(inGit(workspace, 'commit', '--no-edit', '--quiet').status).toBe(0);
});

test('a line for data.lock keeps its other attributes, and .data/ the last word', () => {
  const ours = 'data.lock text eol=lf merge=lockstep\n';
  expect(
    [
      '',
      '/.data/** -text',
      'data.lock text\n',
      '* text\n/data.lock merge=union eol=lf\n/.data/** -text\n',
    ].map(withAttribute),
  ).toEqual([
    ours,
    `${ours}/.data/** -text\n`,
    'data.lock text merge=lockstep\n',
    '* text\n/data.lock eol=lf merge=lockstep\n/.data/** -text\n',
  ]);
});
