import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Upgrade, upgrade } from '../src/commands/upgrade.ts';
import { git, type Workspace } from '../src/workspace/index.ts';
import { messageOf } from './git-sandbox.ts';
import { commitFiles, makeKey, manifestOf, stateOf, Template } from './template-sandbox.ts';

// Releases that are none: whoever controls the source can name, move and sign as they like, but has no key of ours.

let hostile: Template;
let copy: Workspace;
const stranger = makeKey('mallory');
beforeAll(async () => {
  hostile = await Template.make();
  await hostile.release('1.0.0', { 'scripts/release-signers': hostile.key.line, 'src/a.ts': 'a\n' });
  copy = await hostile.copy('v1.0.0');
});
afterAll(() => hostile[Symbol.asyncDispose]());

const cases: readonly [string, (commit: string) => Promise<unknown>][] = [
  ['signed by a stranger', (commit) => hostile.tag('v2.0.0', commit, 'mine', stranger)],
  ['annotated, not signed', (commit) => hostile.tag('v2.0.0', commit, 'mine', null)],
  ['lightweight', (commit) => git(['update-ref', 'refs/tags/v2.0.0', commit], { cwd: hostile.root })],
  [
    'signed under another name',
    (commit) => hostile.tag('v2.0.0', commit, 'the first', hostile.key, 'v1.0.0'),
  ],
  [
    'signed, then moved to another commit',
    async (commit) => {
      await hostile.tag(
        'v2.0.0',
        `${await git(['rev-parse', 'v1.0.0^{commit}'], { cwd: hostile.root })}`,
        'x',
        hostile.key,
      );
      const signed = await git(['cat-file', 'tag', 'v2.0.0'], { cwd: hostile.root });
      const input = `${signed.replace(/^object \S+/, `object ${commit}`)}\n`;
      const object = await git(['hash-object', '-t', 'tag', '-w', '--stdin'], { cwd: hostile.root, input });
      await git(['update-ref', 'refs/tags/v2.0.0', object], { cwd: hostile.root });
    },
  ],
  [
    'of another version than its package.json says',
    async () =>
      hostile.tag(
        'v2.0.0',
        await git(['rev-parse', 'v1.0.0^{commit}'], { cwd: hostile.root }),
        'x',
        hostile.key,
      ),
  ],
];
test.each(cases)('%s', async (name, make) => {
  const commit = await hostile.commit({
    'package.json': manifestOf('2.0.0'),
    'src/a.ts': `harm: ${name}\n`,
    // Whoever can write the source can write its list of signers, which counts for nothing.
    'scripts/release-signers': hostile.key.line + stranger.line,
  });
  await make(commit);
  const before = await stateOf(copy);
  const message = await messageOf(upgrade(copy, { from: hostile.root, check: false }));
  expect(message.replaceAll(/SHA256:[\w+/]+/g, 'SHA256:<hash>')).toMatchSnapshot();
  expect(await stateOf(copy)).toEqual(before);
});

test('while no signer is listed, unless its commit is named', async () => {
  const workspace = await hostile.copy('v1.0.0', 'nobody');
  await commitFiles(workspace.root, { 'scripts/release-signers': '# nobody yet\n' });
  await hostile.release('3.0.0', { 'src/a.ts': 'b\n' });
  const options = { from: hostile.root, check: false };
  expect(await messageOf(upgrade(workspace, options))).toMatchInlineSnapshot(
    `"E_SIGNATURE: scripts/release-signers names nobody who signs releases in tag v3.0.0 — tags signed by somebody whom this repository names. Fix: look at the release, then name the commit that you trust: lockstep upgrade --commit <40 hex digits>."`,
  );
  const commit = await git(['rev-parse', 'v3.0.0^{commit}'], { cwd: hostile.root });
  const made = (await upgrade(workspace, { ...options, commit })) as Exclude<Upgrade, { kind: 'up to date' }>;
  expect(await git(['show', `${made.branch}:src/a.ts`], { cwd: workspace.root })).toBe('b');
});

test('whose tag of the version that is here was moved, so that old files would pass for changes of ours', async () => {
  const source = await Template.make();
  await source.release('1.0.0', { 'scripts/release-signers': source.key.line, 'src/hole.ts': 'a hole\n' });
  const workspace = await source.copy('v1.0.0', 'edited before its first commit');
  await commitFiles(workspace.root, { 'src/ours.ts': 'ours\n' });
  const tree = await git(['commit-tree', 'HEAD^{tree}', '-m', 'Initial commit'], { cwd: workspace.root });
  await git(['reset', '--quiet', '--hard', tree], { cwd: workspace.root });
  await source.release('1.1.0', { 'src/hole.ts': 'mended\n' });
  const options = { from: source.root, check: true };
  expect(await upgrade(workspace, options)).toMatchObject({ from: { version: '1.0.0', by: 'the tag' } });

  const orphan = await git(['commit-tree', 'v1.1.0^{tree}', '-m', 'x'], { cwd: source.root });
  await source.tag('v1.0.0', orphan, 'The first.', stranger);
  expect((await messageOf(upgrade(workspace, options))).split(' — ')[0]).toMatch(
    /^E_SIGNATURE: signed by SHA256:\S+, whom nobody here trusts in tag v1\.0\.0$/,
  );
  await source[Symbol.asyncDispose]();
});

test('no commit message here makes a commit the base that the release does not come from', async () => {
  const source = await Template.make();
  const first = await source.release('1.0.0', {
    'scripts/release-signers': source.key.line,
    'src/hole.ts': 'a hole\n',
  });
  const workspace = await source.copy('v1.0.0', 'talked into it');
  await source.release('1.1.0', { 'src/hole.ts': 'mended\n' });
  // In what was fetched, and its hole is mended: with it as the base the old file would be a change of ours.
  await git(['checkout', '--quiet', '--detach', first], { cwd: source.root });
  const aside = await source.commit({ 'src/hole.ts': 'mended\n' });
  await source.tag('v0.9.0', aside, 'aside', null);
  await commitFiles(workspace.root, { 'src/a.ts': 'a\n' }, `feat: a\n\nLockstep-Release: v1.0.0 ${aside}`);
  const planned = await upgrade(workspace, { from: source.root, check: true });
  expect(planned).toMatchObject({
    from: { commit: first, by: 'the first commit here' },
    outcomes: expect.arrayContaining([expect.objectContaining({ kind: 'replace', path: 'src/hole.ts' })]),
  });
  await source[Symbol.asyncDispose]();
});

test('not for a new key that a release on the way brought, signed by the old one; and for the old one after it', async () => {
  const source = await Template.make();
  const [old, next] = [source.key, makeKey('the-new-key')];
  await source.release('1.0.0', { 'scripts/release-signers': old.line });
  const workspace = await source.copy('v1.0.0', 'two keys behind');
  await source.release('1.1.0', { 'scripts/release-signers': next.line }, 'A new key.', old);
  await source.release('1.2.0', { 'src/a.ts': 'a\n' }, 'Signed by it.', next);
  const options = { from: source.root, check: true };
  expect(await upgrade(workspace, options)).toMatchObject({
    to: { label: 'v1.2.0', signer: { name: 'the-new-key' } },
    notes: [{ tag: 'v1.1.0' }, { tag: 'v1.2.0' }],
  });
  await source.release('1.3.0', { 'src/a.ts': 'harm\n' }, 'Signed by the old one.', old);
  expect(await messageOf(upgrade(workspace, options))).toMatch(
    /^E_SIGNATURE: signed by SHA256:\S+, whom nobody here/,
  );
  await source[Symbol.asyncDispose]();
});
