import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { messageOf } from '../../test/git-sandbox.ts';
import { actionlintErrors, officialErrors } from '../../test/workflows/linters.ts';
import { openWorkspace } from '../workspace/index.ts';
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

test('a place that is no commit, or no place at all, is refused', async () => {
  for (const given of ['acme/lockstep', 'acme/lockstep@v1', `acme@${commit}`, `a/b/c@${commit}`, ''])
    expect(await messageOf(actionsPlace(given))).toMatch(/^E_USAGE: --actions is /);
});
