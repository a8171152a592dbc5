import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upgrade } from '../src/commands/upgrade.ts';
import { checkSource } from '../src/upgrade/index.ts';
import { git, readTree, type Workspace } from '../src/workspace/index.ts';
import { startGitServer } from './fakes/git-server.ts';
import { messageOf } from './git-sandbox.ts';
import { commitFiles, manifestOf, stateOf, Template } from './template-sandbox.ts';

// Releases of a template, signed as Lockstep's are, and repositories made from each of them: one commit, no history in
// common. Git, signatures and merges are real.

const lines = (...some: string[]) => `${some.join('\n')}\n`;
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

let template: Template;
beforeAll(async () => {
  template = await Template.make();
  await template.release(
    '0.1.0',
    {
      'scripts/release-signers': template.key.line,
      'src/engine.ts': lines(...numbered(1, 20)),
      'src/old-name.ts': lines(...numbered(1, 30)),
      'src/gone.ts': lines('gone'),
      'actions/dist/main.js': lines('built 1'),
      'bench/main.ts': lines('bench'),
      'bin/tool*': lines('#!/bin/sh', 'one'),
      'docs/picture.png': Buffer.from([0, 1, 2, 3]),
      'pipelines/example/pipeline.yaml': lines('stages: {}'),
      'README.md': lines('# Lockstep'),
      'lockstep.yaml': lines('trust: []'),
      'package.json': manifestOf('0.1.0', { dependencies: { ajv: '1.0.0', yaml: '1.0.0' } }),
    },
    'The first.',
  );
  await template.release(
    '0.2.0',
    {
      'src/engine.ts': lines('line one', ...numbered(2, 20)),
      'src/new.ts': lines('new'),
      'actions/dist/main.js': lines('built 2'),
      'bench/main.ts': lines('bench, better'),
      'README.md': lines('# Lockstep 0.2'),
      'package.json': manifestOf('0.2.0', { dependencies: { ajv: '1.1.0', yaml: '1.0.0' } }),
    },
    'A new first line.',
  );
  await template.commit({ 'src/between.ts': lines('not released yet') });
  await template.release(
    '0.3.0',
    {
      'src/gone.ts': null,
      'src/old-name.ts': null,
      'src/new-name.ts': lines(...numbered(1, 29), 'line thirty'),
      'src/between.ts': lines('released'),
      'actions/dist/main.js': lines('built 3'),
      'bench/second.ts': lines('a second'),
      'bin/tool*': lines('#!/bin/sh', 'two'),
      'docs/picture.png': Buffer.from([0, 9, 9, 9]),
      'pipelines/example/pipeline.yaml': lines('stages: {train: {}}'),
      'package.json': manifestOf('0.3.0', { dependencies: { ajv: '1.1.0', semver: '7.0.0', yaml: '1.0.0' } }),
    },
    'Two lines of notes,\nfor whoever reviews it.',
  );
});
afterAll(() => template[Symbol.asyncDispose]());

const run = (workspace: Workspace, more: object = {}) =>
  upgrade(workspace, { from: template.root, check: false, ...more });

async function madeOf(workspace: Workspace, more: object = {}) {
  const result = await run(workspace, more);
  if (result.kind === 'up to date') throw new Error('there was nothing to do');
  return result;
}

/** Every file of a commit by its mode and content. */
async function filesAt(root: string, revision: string): Promise<Record<string, string>> {
  const entries = await readTree(root, revision);
  return Object.fromEntries(entries.map(({ path, mode, oid }) => [path, `${mode} ${oid}`]));
}

const show = (root: string, revision: string, path: string) =>
  git(['show', `${revision}:${path}`], { cwd: root });

describe('from every version', () => {
  test.each(['v0.1.0', 'v0.2.0', 'main~1'])(
    '%s: what is ours becomes the release, byte for byte',
    async (version) => {
      const workspace = await template.copy(version);
      const { root } = workspace;
      const before = await stateOf(workspace);
      const result = await madeOf(workspace);
      expect(result).toMatchObject({ kind: 'made', branch: 'lockstep/upgrade-v0.3.0', tasks: [] });
      expect(result.from.by).toBe('the first commit here');
      expect(await stateOf(workspace, result.branch)).toEqual(before);

      const [was, now, wanted] = await Promise.all([
        filesAt(root, 'HEAD'),
        filesAt(root, result.branch),
        filesAt(template.root, 'v0.3.0'),
      ]);
      const yours = ['README.md', 'lockstep.yaml', 'pipelines/example/pipeline.yaml'];
      expect(now).toEqual({ ...wanted, ...Object.fromEntries(yours.map((path) => [path, was[path]])) });
      expect(await git(['rev-list', '--count', `HEAD..${result.branch}`], { cwd: root })).toBe('1');
      expect(await git(['fsck', '--strict', '--no-dangling'], { cwd: root })).not.toMatch(/missing|error/);
    },
  );

  test('one after the other, each begins where the last ended, also when merged as one squashed commit', async () => {
    const workspace = await template.copy('v0.1.0', 'step by step');
    const { root } = workspace;
    const first = await madeOf(workspace, { version: '0.2.0' });
    await git(['merge', '--quiet', '--squash', first.branch], { cwd: root });
    await git(['commit', '--quiet', '-m', 'feat: the newer Lockstep'], { cwd: root });
    const second = await madeOf(workspace);
    expect(second.from).toMatchObject({ version: '0.2.0', by: 'the tag' });
    expect(second.tasks).toEqual([]);
    await git(['merge', '--quiet', second.branch], { cwd: root });
    expect(await run(workspace)).toEqual({ kind: 'up to date', version: '0.3.0', newest: 'v0.3.0' });
    expect(await show(root, 'HEAD', 'src/engine.ts')).toBe(
      await show(template.root, 'v0.3.0', 'src/engine.ts'),
    );
  });

  test('a commit that was named by hand is where the next upgrade begins', async () => {
    const workspace = await template.copy('v0.1.0', 'by commit');
    const { root } = workspace;
    const commit = await git(['rev-parse', 'v0.3.0~1'], { cwd: template.root });
    const first = await madeOf(workspace, { commit });
    expect(first.to).toEqual({ label: commit.slice(0, 12), version: '0.2.0', commit, signer: null });
    await git(['merge', '--quiet', first.branch], { cwd: root });
    const second = await madeOf(workspace);
    expect(second.from).toEqual({ version: '0.2.0', commit, by: 'the last upgrade' });
    expect(second.tasks).toEqual([]);
  });

  test('a server, whose name and password stand nowhere afterwards', async () => {
    await using server = await startGitServer({ root: template.folder, tokens: ['hunter2'], private: true });
    const workspace = await template.copy('v0.1.0', 'over HTTP');
    const address = (password: string) => `${server.url.replace('//', `//mia:${password}@`)}/template/.git`;
    const made = await madeOf(workspace, { from: address('hunter2') });
    expect(made.source).toBe(`${server.url}/template/.git`);
    const message = await git(['log', '-1', '--format=%B', made.branch], { cwd: workspace.root });
    expect(message + JSON.stringify(made)).not.toContain('hunter2');
    const refused = await messageOf(run(workspace, { from: address('hunter3') }));
    expect(refused).toMatch(/^E_UPGRADE_SOURCE: releases can't be had from http:\/\/127/);
    expect(refused).not.toContain('hunter');
  });

  test('a shallow clone of a copy, in a work tree beside it, with no branch', async () => {
    const workspace = await template.copy('v0.1.0', 'whole');
    await commitFiles(workspace.root, { 'src/ours.ts': lines('ours') });
    const shallow = join(template.folder, 'shallow');
    await git(['clone', '--quiet', '--depth=1', `file://${workspace.root}`, shallow], {
      cwd: template.folder,
    });
    const root = join(template.folder, 'beside');
    await git(['worktree', 'add', '--quiet', '--detach', root], { cwd: shallow });
    await git(['config', 'user.name', 'ada'], { cwd: shallow });
    await git(['config', 'user.email', 'ada@example.com'], { cwd: shallow });
    const result = await madeOf({ ...workspace, root });
    expect(result).toMatchObject({ from: { by: 'the tag' }, tasks: [] });
    expect(await show(shallow, result.branch, 'src/engine.ts')).toBe(
      await show(template.root, 'v0.3.0', 'src/engine.ts'),
    );
    expect(await git(['fsck', '--strict', '--no-dangling'], { cwd: shallow })).not.toMatch(/missing|error/);
  });

  test('a clone, which shares the history', async () => {
    const root = join(template.folder, 'clone');
    await git(['clone', '--quiet', template.root, root], { cwd: template.folder });
    await git(['config', 'user.name', 'ada'], { cwd: root });
    await git(['config', 'user.email', 'ada@example.com'], { cwd: root });
    await git(['reset', '--quiet', '--hard', 'v0.2.0'], { cwd: root });
    await commitFiles(root, { 'src/own.ts': lines('own') });
    const result = await madeOf({
      root,
      configuration: (await template.copy('v0.2.0', 'for its configuration')).configuration,
    });
    expect(result.from).toMatchObject({ version: '0.2.0', by: 'the common history' });
    expect(await show(root, result.branch, 'src/own.ts')).toBe('own');
  });
});

describe('what the team changed', () => {
  test('is merged line by line, follows a file that moved, and keeps its own dependencies', async () => {
    const workspace = await template.copy('v0.1.0', 'merged');
    const { root } = workspace;
    await commitFiles(root, {
      'src/engine.ts': lines(...numbered(1, 19), 'line 20, ours'),
      'src/old-name.ts': lines('line 1, ours', ...numbered(2, 30)),
      'src/ours.ts': lines('ours alone'),
      'package.json': manifestOf('0.1.0', {
        dependencies: { ajv: '1.0.0', d3: '7.0.0', yaml: '1.0.0' },
      }).replace('"lockstep"', '"acme-models"'),
    });
    const { branch, tasks, outcomes } = await madeOf(workspace);
    expect(outcomes.filter(({ kind }) => kind === 'merged').map(({ path }) => path)).toEqual([
      'package.json',
      'src/engine.ts',
      'src/new-name.ts',
    ]);
    expect(await show(root, branch, 'src/engine.ts')).toBe(
      ['line one', ...numbered(2, 19), 'line 20, ours'].join('\n'),
    );
    expect(await show(root, branch, 'src/new-name.ts')).toBe(
      ['line 1, ours', ...numbered(2, 29), 'line thirty'].join('\n'),
    );
    expect(await filesAt(root, branch)).not.toHaveProperty('src/old-name.ts');
    expect(JSON.parse(await show(root, branch, 'package.json'))).toEqual({
      name: 'acme-models',
      version: '0.3.0',
      private: true,
      dependencies: { ajv: '1.1.0', d3: '7.0.0', semver: '7.0.0', yaml: '1.0.0' },
    });
    // What the team changed in src/ is not in the release's bundles.
    expect(tasks).toEqual([expect.objectContaining({ kind: 'build', command: 'npm run bundle' })]);
  });

  test('stays where both changed it, with both sides beside it to look at', async () => {
    const workspace = await template.copy('v0.1.0', 'conflicts');
    const { root } = workspace;
    await commitFiles(root, {
      'src/engine.ts': lines('our first line', ...numbered(2, 20)),
      'src/gone.ts': lines('gone, but ours'),
      'src/old-name.ts': lines(...numbered(1, 29), 'line 30, ours'),
      'src/new.ts': lines('a file of ours of that name'),
      'docs/picture.png': Buffer.from([0, 7, 7, 7]),
      'actions/dist/main.js': lines('built by us'),
    });
    const { branch, tasks, folder } = await madeOf(workspace);
    expect(tasks).toMatchInlineSnapshot(`
      [
        {
          "kind": "resolve",
          "look": "git diff --no-index -- docs/picture.png .lockstep/upgrade/v0.3.0/docs/picture.png",
          "path": "docs/picture.png",
          "why": "you and the release changed a file that is no text",
        },
        {
          "kind": "resolve",
          "look": "git diff --no-index -- src/engine.ts .lockstep/upgrade/v0.3.0/src/engine.ts",
          "path": "src/engine.ts",
          "why": "you and the release changed the same lines",
        },
        {
          "kind": "resolve",
          "look": "git log -- src/gone.ts",
          "path": "src/gone.ts",
          "why": "you changed it, the release removed it",
        },
        {
          "kind": "resolve",
          "look": "git diff --no-index -- src/old-name.ts .lockstep/upgrade/v0.3.0/src/old-name.ts",
          "path": "src/old-name.ts",
          "why": "you and the release changed the same lines; the release moved it to src/new-name.ts",
        },
        {
          "kind": "resolve",
          "look": "git diff --no-index -- src/new.ts .lockstep/upgrade/v0.3.0/src/new.ts",
          "path": "src/new.ts",
          "why": "you and the release added it",
        },
        {
          "command": "npm run bundle",
          "kind": "build",
          "why": "actions/dist is the release's build, without what you changed in src/ and actions/",
        },
      ]
    `);
    for (const path of ['src/engine.ts', 'src/gone.ts', 'src/new.ts', 'src/old-name.ts', 'docs/picture.png'])
      expect((await filesAt(root, branch))[path], path).toBe((await filesAt(root, 'HEAD'))[path]);
    expect(await show(root, branch, 'actions/dist/main.js')).toBe('built 3');
    expect(readFileSync(join(root, folder, 'src/engine.ts'), 'utf8')).toMatchInlineSnapshot(`
      "<<<<<<< yours
      our first line
      ||||||| what both began with
      line 1
      =======
      line one
      >>>>>>> the release
      line 2
      line 3
      line 4
      line 5
      line 6
      line 7
      line 8
      line 9
      line 10
      line 11
      line 12
      line 13
      line 14
      line 15
      line 16
      line 17
      line 18
      line 19
      line 20
      "
    `);
    expect(await filesAt(root, branch)).not.toHaveProperty('src/new-name.ts');
    expect(readFileSync(join(root, folder, 'src/old-name.ts'), 'utf8')).toContain('line 30, ours\n|||||||');
    expect(readFileSync(join(root, folder, 'docs/picture.png'))).toEqual(Buffer.from([0, 9, 9, 9]));
    expect(await git(['grep', '-l', '<<<<<<<', branch], { cwd: root }).catch(() => 'no marks')).toBe(
      'no marks',
    );
  });

  test('stays away where they removed it, and so does what is new in a folder that they removed', async () => {
    const workspace = await template.copy('v0.1.0', 'removed');
    await commitFiles(workspace.root, {
      bench: null,
      'src/engine.ts': null,
      pipelines: null,
      'actions/dist': null,
    });
    const { branch, outcomes, tasks } = await madeOf(workspace);
    const files = Object.keys(await filesAt(workspace.root, branch));
    expect(files.filter((path) => /^(bench|pipelines|src\/engine|actions)/.test(path))).toEqual([]);
    expect(outcomes.filter(({ kind }) => kind === 'leave-out').map(({ path }) => path)).toEqual([
      'actions/dist/main.js',
      'bench/main.ts',
      'bench/second.ts',
      'src/engine.ts',
    ]);
    expect(tasks).toEqual([]);
  });

  test('and has not committed is no part of it', async () => {
    const workspace = await template.copy('v0.1.0', 'dirty');
    writeFileSync(join(workspace.root, 'src/engine.ts'), 'half a thought\n');
    writeFileSync(join(workspace.root, 'src/new.ts'), 'another\n');
    const before = await stateOf(workspace);
    const { branch } = await madeOf(workspace);
    expect(await stateOf(workspace, branch)).toEqual(before);
    expect(readFileSync(join(workspace.root, 'src/engine.ts'), 'utf8')).toBe('half a thought\n');
    expect(await show(workspace.root, branch, 'src/engine.ts')).toBe(
      await show(template.root, 'v0.3.0', 'src/engine.ts'),
    );
  });
});

describe('the branch', () => {
  test('says what it is, for whoever reviews it', async () => {
    const workspace = await template.copy('v0.1.0', 'message');
    const { branch } = await madeOf(workspace);
    const message = await git(['log', '-1', '--format=%an%n%B', branch], { cwd: workspace.root });
    const plain = message
      .replaceAll(template.folder, '<folder>')
      .replaceAll(/SHA256:\S+/g, 'SHA256:<hash>)')
      .replaceAll(/[0-9a-f]{12,64}/g, '<hex>');
    expect(plain).toMatchInlineSnapshot(`
      "ada
      chore: upgrade Lockstep from v0.1.0 to v0.3.0

      v0.3.0, commit <hex>, signed by maintainer (SHA256:<hash>) from <folder>/template.
      Starts from v0.1.0, commit <hex>: the first commit here is its copy.

      Files: 4 added, 6 replaced, 2 removed.

      v0.2.0:
        A new first line.

      v0.3.0:
        Two lines of notes,
        for whoever reviews it.

      Lockstep-Release: v0.3.0 <hex>
      "
    `);
  });

  test('is made once: the same again ends the same, something else there is refused', async () => {
    const workspace = await template.copy('v0.1.0', 'twice');
    const planned = await madeOf(workspace, { check: true });
    expect(planned).toMatchObject({ kind: 'planned', commit: null });
    expect(await git(['branch', '--list'], { cwd: workspace.root })).toBe('* main');
    const made = await madeOf(workspace);
    const { kind, commit } = await madeOf(workspace);
    expect({ kind, commit }).toEqual({ kind: 'there', commit: made.commit });
    await commitFiles(workspace.root, { 'src/more.ts': 'more\n' });
    expect(await messageOf(run(workspace))).toMatchInlineSnapshot(
      `"E_UPGRADE_BRANCH: the branch lockstep/upgrade-v0.3.0 is there already, with something else — a branch that this command makes. Fix: merge it, or remove it: git branch -D lockstep/upgrade-v0.3.0."`,
    );
  });
});

describe('what is asked for is refused', () => {
  test('a version that is unknown or older, a commit nobody has, a place that is no repository', async () => {
    const workspace = await template.copy('v0.2.0', 'asks');
    const asked = async (more: object) =>
      (await messageOf(run(workspace, more))).replaceAll(template.folder, '<folder>');
    expect([
      await asked({ version: 'v0.3.1' }),
      await asked({ version: 'v0.1.0' }),
      await asked({ commit: 'f'.repeat(40) }),
      await asked({ from: join(template.folder, 'nowhere') }),
      await asked({ from: 'ext::sh -c true' }),
    ]).toMatchInlineSnapshot(`
      [
        "E_VERSION_UNKNOWN: <folder>/template has no release v0.3.1 — v0.1.0, v0.2.0, v0.3.0. Fix: did you mean v0.3.0?",
        "E_VERSION_UNKNOWN: v0.1.0 is older than the v0.2.0 that is here — a release after v0.2.0. Fix: to go back, revert the commit of the upgrade: git revert.",
        "E_UPGRADE_SOURCE: no commit <hex> on a branch of <folder>/template — a whole commit id, as the template names it. Fix: copy it from the page of the commit that you looked at.",
        "E_UPGRADE_SOURCE: releases can't be had from <folder>/nowhere: fatal: '<folder>/nowhere' does not appear to be a git repository — the address or the path of a Git repository. Fix: see that git ls-remote reaches it, then run the command again; --from names another.",
        "E_UPGRADE_SOURCE: releases can't be had from ext::sh -c true: fatal: transport 'ext' not allowed — the address or the path of a Git repository. Fix: see that git ls-remote reaches it, then run the command again; --from names another.",
      ]
    `);
  });

  test('a place that is an option or a program; a path is where it was written', () => {
    const asked = (source: string) => {
      try {
        return checkSource(source, '/home/ada');
      } catch (error) {
        return (error as Error).message.split(' — ')[0];
      }
    };
    expect(
      [
        '--upload-pack=touch x',
        'ext::sh -c true',
        '',
        '../template',
        'git@example.com:a/b',
        'https://x/y',
      ].map(asked),
    ).toEqual([
      'E_UPGRADE_SOURCE: "--upload-pack=touch x" is no place of releases',
      'E_UPGRADE_SOURCE: "ext::sh -c true" is no place of releases',
      'E_UPGRADE_SOURCE: "" is no place of releases',
      '/home/template',
      'git@example.com:a/b',
      'https://x/y',
    ]);
  });

  test('while nothing says which version is here', async () => {
    const workspace = await template.copy('v0.1.0', 'lost');
    const tree = await git(['commit-tree', 'HEAD^{tree}', '-m', 'x'], { cwd: workspace.root });
    await git(['reset', '--quiet', '--hard', tree], { cwd: workspace.root });
    await commitFiles(workspace.root, { 'package.json': manifestOf('0.0.7'), 'a.txt': 'a\n' });
    const squashed = await git(['commit-tree', 'HEAD^{tree}', '-m', 'x'], { cwd: workspace.root });
    await git(['reset', '--quiet', '--hard', squashed], { cwd: workspace.root });
    expect(await messageOf(run(workspace))).toMatchInlineSnapshot(
      `"E_UPGRADE_BASE: package.json calls this version 0.0.7, which is no release of the template in package.json — the version that the template gave it, in what is committed. Fix: write the version of the release that this repository was made from into package.json, and commit it."`,
    );
  });
});
