import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commitFiles, makeRepository, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { actionlintErrors, officialErrors } from '../../test/workflows/linters.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { actionsPlace, planStarters, writeStarters } from './starters.ts';

const commit = 'c'.repeat(40);
const folder = mkdtempSync(join(tmpdir(), 'lockstep-starters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const repository = (name: string) => {
  mkdirSync(join(folder, name, '.git'), { recursive: true });
  return openWorkspace(join(folder, name));
};
const root = join(import.meta.dirname, '../..');
const generated = (name: string) => readFileSync(join(root, '.github/workflows', name), 'utf8');
const withoutHeader = (text: string) => text.slice(text.indexOf('\n') + 1);

test('a repository of its own gets the workflows of the template, with actions from a commit', async () => {
  const workspace = repository('new');
  const place = { ...(await actionsPlace(`acme/lockstep@${commit}`)), version: 'v1.2.0' };
  const written = writeStarters(workspace, planStarters(workspace, place), { force: false });
  const names = readdirSync(join(root, '.github/workflows')).filter((name) => name.startsWith('lockstep-'));
  const own = ['lockstep-ci.yml', 'lockstep-release.yml'];
  expect(written).toEqual(names.filter((name) => !own.includes(name)).map((n) => `.github/workflows/${n}`));
  const files = written.map((path) => ({ path, text: readFileSync(join(workspace.root, path), 'utf8') }));
  for (const { path, text } of files) {
    // Whatever holds for our own workflows holds for these: nothing else differs.
    const ours = text.replace(/acme\/lockstep(\/actions\/[a-z-]+)@c{40} # v1\.2\.0$/gm, '.$1');
    expect(withoutHeader(ours)).toBe(withoutHeader(generated(path.split('/').at(-1)!)));
    expect(text).not.toMatch(/npx|OWNER\/|0{40}/);
  }
  expect(await officialErrors(files)).toEqual([]);
  const younger = /unexpected key "deployment"/;
  expect((await actionlintErrors(files)).filter((line) => !younger.test(line))).toEqual([]);
  expect(writeStarters(workspace, planStarters(workspace, place), { force: false })).toEqual([]);
});

test('what was edited stays, unless it is asked for', async () => {
  const workspace = repository('edited');
  const plan = async (sha: string) => planStarters(workspace, await actionsPlace(`acme/lockstep@${sha}`));
  writeStarters(workspace, await plan(commit), { force: false });
  const path = join(workspace.root, '.github/workflows/lockstep-monitor.yml');
  rmSync(join(workspace.root, '.github/workflows/lockstep-main.yml'));
  writeFileSync(path, 'mine');
  expect(
    await messageOf((async () => writeStarters(workspace, await plan(commit), { force: false }))()),
  ).toBe(
    'E_CONFIG_VALUE: .github/workflows/lockstep-monitor.yml would be replaced — files that are not there, or are as Lockstep writes them. Fix: look at what differs, and replace them with --force: Git has what they were.',
  );
  expect(readFileSync(path, 'utf8')).toBe('mine');
  expect((await plan(commit)).find(({ kind }) => kind === 'new')?.path).toMatch(/main/);
  expect(writeStarters(workspace, await plan(commit), { force: true })).toHaveLength(2);
  expect(readFileSync(path, 'utf8')).toContain(`uses: acme/lockstep/actions/monitor@${commit}\n`);
});

test('another commit of the actions replaces what nobody edited', async () => {
  const workspace = repository('raised');
  const plan = async (place: string) => planStarters(workspace, await actionsPlace(place));
  writeStarters(workspace, await plan(`acme/lockstep@${commit}`), { force: false });
  const next = await plan(`ada/fork@${'d'.repeat(40)}`);
  expect(new Set(next.map(({ kind }) => kind))).toEqual(new Set(['same', 'moved']));
  expect(writeStarters(workspace, next, { force: false }).length).toBeGreaterThan(5);
  const path = join(workspace.root, '.github/workflows/lockstep-monitor.yml');
  expect(readFileSync(path, 'utf8')).toContain(`uses: ada/fork/actions/monitor@${'d'.repeat(40)}\n`);
});

test('the release of our own checkout is named, not a tag or a repository of somebody else', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  const sha = await commitFiles({ root } as Workspace, { 'vendored/package.json': '{}' });
  await git(['remote', 'add', 'origin', 'https://github.com/acme/lockstep.git'], { cwd: root });
  const place = (folder = root) => actionsPlace(undefined, folder);
  await git(['tag', 'vision@v3.0.0'], { cwd: root });
  expect(await messageOf(place())).toMatch(/^E_USAGE: this Lockstep is no checkout of a release/);
  await git(['tag', 'v1.2.0'], { cwd: root });
  expect(await place()).toEqual({ repository: 'acme/lockstep', commit: sha, version: 'v1.2.0' });
  expect(await messageOf(place(join(root, 'vendored')))).toMatch(/^E_USAGE: /);
});

test('a place that is no commit, or no place at all, is refused', async () => {
  for (const given of [
    'acme/lockstep',
    'acme/lockstep@v1',
    `acme@${commit}`,
    `a/b/c@${commit}`,
    `OWNER/lockstep@${'0'.repeat(40)}`,
    '',
  ])
    expect(await messageOf(actionsPlace(given))).toMatch(/^E_USAGE: --actions is /);
});
