import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareVersions } from '../src/registry/index.ts';
import { parseSigners, signersFile, verifyReleaseTag } from '../src/upgrade/index.ts';
import { exitOf, git, gitBytes, readAtCommit, readTree } from '../src/workspace/index.ts';
import { runCli, startCli } from './bad-inputs/command-line.ts';
import { makeKey, sshSign } from './template-sandbox.ts';

// Lockstep itself, as it is and as it was released: whoever has a copy of it gets the next version by its own command.

const repository = dirname(import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'lockstep-releases-'));
const source = join(folder, 'template.git');
const key = makeKey();
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const here = `v${manifest.version}`;
const next = `v${manifest.version.split('.')[0]}.999.0`;
const at = { cwd: source };
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

beforeAll(async () => {
  await git(['init', '--quiet', '--bare', source], { cwd: folder });
  await git(['config', 'user.name', 'mia'], at);
  await git(['config', 'user.email', 'mia@example.com'], at);
  // As it stands in the work tree, with a signer that a test may have.
  await git(['--work-tree', repository, 'add', '--all', '.'], at);
  const now = await commitOf({ [signersFile]: key.line }, null);
  await tag(here, now, 'As it is.');
  const readme = await gitBytes(['cat-file', 'blob', ':README.md'], at);
  const bumped = {
    ...manifest,
    version: next.slice(1),
    dependencies: { ...manifest.dependencies, ajv: '999.0.0' },
  };
  const later = {
    'package.json': `${JSON.stringify(bumped, null, 2)}\n`,
    'src/new-room/index.ts': '// new\n',
    'bench/main.ts': null,
    'workflows/monitor.yml': `${await git(['cat-file', 'blob', ':workflows/monitor.yml'], at)}\n# later\n`,
    'README.md': `${readme}\nlater\n`,
    'models/flight-delay/policy.yaml': 'checks: []\n',
  };
  await tag(next, await commitOf(later, now), 'What is new.');
});

/** The index with some files changed, as a commit of the template. */
async function commitOf(
  files: Readonly<Record<string, string | null>>,
  parent: string | null,
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    if (content === null) {
      await git(['update-index', '--index-info'], { ...at, input: `0 ${'0'.repeat(40)}\t${path}\n` });
      continue;
    }
    const blob = await git(['hash-object', '-w', '--stdin'], { ...at, input: content });
    await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], at);
  }
  const tree = await git(['write-tree'], at);
  return git(['commit-tree', tree, ...(parent ? ['-p', parent] : []), '-m', 'chore: release'], at);
}

async function tag(name: string, commit: string, notes: string): Promise<void> {
  const payload = `object ${commit}\ntype commit\ntag ${name}\ntagger Mia <mia@example.com> 1790000000 +0000\n\n${notes}\n`;
  const input = payload + sshSign(payload, key);
  const object = await git(['hash-object', '-t', 'tag', '-w', '--stdin'], { ...at, input });
  await git(['update-ref', `refs/tags/${name}`, object], at);
}

/** What "Use this template" makes of a revision. */
async function repositoryOf(from: string, revision: string, name: string): Promise<string> {
  const root = join(folder, name);
  await git(['init', '--quiet', '--initial-branch=main', root], { cwd: folder });
  await git(['config', 'user.name', 'ada'], { cwd: root });
  await git(['config', 'user.email', 'ada@example.com'], { cwd: root });
  const commit = await git(['rev-parse', `${revision}^{commit}`], { cwd: from });
  await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', from, commit], { cwd: root });
  const first = await git(['commit-tree', `${commit}^{tree}`, '-m', 'Initial commit'], { cwd: root });
  await git(['update-ref', 'refs/heads/main', first], { cwd: root });
  return root;
}

/** Checked out, with the packages of this checkout. */
async function copyOf(from: string, revision: string, name: string): Promise<string> {
  const root = await repositoryOf(from, revision, name);
  await git(['reset', '--quiet', '--hard'], { cwd: root });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return root;
}

const filesOf = async (root: string, revision: string): Promise<Map<string, string>> =>
  new Map((await readTree(root, revision)).map(({ path, oid }) => [path, oid]));

const isYours = (path: string): boolean =>
  /^(pipelines|models|\.data)\/|^(data\.lock|lockstep\.yaml|README\.md)$/.test(path);

describe('this state of Lockstep', () => {
  test('gets the next version as a team uses it, its own edits included', async () => {
    const root = await copyOf(source, here, 'team');
    rmSync(join(root, 'pipelines/digits'), { recursive: true });
    rmSync(join(root, 'test/interop'), { recursive: true });
    writeFileSync(join(root, 'README.md'), '# Our models\n');
    const own = { ...manifest, name: 'acme-models', dependencies: { ...manifest.dependencies, d3: '7.9.0' } };
    writeFileSync(join(root, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
    mkdirSync(join(root, 'pipelines/churn'));
    writeFileSync(join(root, 'pipelines/churn/pipeline.yaml'), 'stages: {}\n');
    await git(['add', '--all'], { cwd: root });
    await git(['commit', '--quiet', '-m', 'feat: our own'], { cwd: root });

    const ran = await runCli(root, ['upgrade', '--from', source, '--json']);
    expect({ exit: ran.exit, stderr: ran.stderr }).toEqual({ exit: 0, stderr: '' });
    const { branch, kind, from, to } = JSON.parse(ran.stdout);
    expect({ kind, from: from.version, to: to.label }).toEqual({
      kind: 'made',
      from: manifest.version,
      to: next,
    });
    const [before, after, release] = await Promise.all([
      filesOf(root, 'HEAD'),
      filesOf(root, branch),
      filesOf(source, next),
    ]);
    for (const path of new Set([...after.keys(), ...before.keys(), ...release.keys()])) {
      if (path === 'package.json') continue;
      const wanted = isYours(path) || path.startsWith('test/interop/') ? before.get(path) : release.get(path);
      expect(after.get(path), path).toBe(wanted);
    }
    const merged = JSON.parse(await git(['show', `${branch}:package.json`], { cwd: root }));
    expect(merged).toEqual({
      ...own,
      version: next.slice(1),
      dependencies: { ...own.dependencies, ajv: '999.0.0' },
    });
    expect(await git(['status', '--porcelain'], { cwd: root })).toBe('');
  });

  test('killed at any moment leaves no branch or the whole of it, and the same command ends the work', async () => {
    const root = await repositoryOf(source, here, 'killed');
    const work = join(root, '.lockstep/work');
    const branches = () =>
      git(['branch', '--list', '--format=%(refname:short) %(tree)', 'lockstep/*'], { cwd: root });
    const seen = new Set<string>();
    for (const moment of ['HEAD', 'upgrade-index', 'refs/heads/upgrade']) {
      const child = startCli(root, ['upgrade', '--from', source]);
      const ended = exitOf(child);
      let over = false;
      void ended.then(() => (over = true));
      // The scratch grows from one to the next: each is a moment between two writes.
      const reached = () =>
        existsSync(work) &&
        readdirSync(work).some(
          (name) => name.includes(`-${child.pid}-`) && existsSync(join(work, name, moment)),
        );
      while (!over && !reached()) await new Promise((resolve) => setTimeout(resolve, 2));
      child.kill('SIGKILL');
      await ended;
      seen.add(await branches());
      await git(['fsck', '--connectivity-only', '--no-dangling'], { cwd: root });
    }
    const ran = await runCli(root, ['upgrade', '--from', source, '--json']);
    expect(['made', 'there']).toContain(JSON.parse(ran.stdout).kind);
    const whole = await branches();
    for (const state of seen) expect(['', whole]).toContain(state);
    expect(seen).toContain('');
  });
});

/** None in a checkout without tags. The workflow of a release has them all, the new one too. */
const listed = spawnSync('git', ['-c', 'safe.directory=*', 'tag', '--list', 'v[0-9]*'], {
  cwd: repository,
  encoding: 'utf8',
});
const released = listed.stdout
  .split('\n')
  .filter((name) => /^v\d+\.\d+\.\d+$/.test(name))
  .sort(compareVersions);
const newest = released.at(-1);

describe.skipIf(released.length === 0)('what was released', () => {
  test.for(released)('%s is signed by one whom it names, and calls itself so', async (name) => {
    const bytes = await gitBytes(['cat-file', 'tag', name], { cwd: repository });
    const signers = parseSigners((await readAtCommit(repository, name, signersFile))?.toString() ?? '');
    const { commit } = verifyReleaseTag(bytes, name, signers);
    const { version } = JSON.parse((await readAtCommit(repository, commit, 'package.json'))!.toString());
    expect(`v${version}`).toBe(name);
  });

  test.for(released.slice(0, -1))('%s gets the newest release by its own command', async (name) => {
    const root = await copyOf(repository, name, `copy of ${name}`);
    const program = join(root, 'src/cli/main.ts');
    const child = spawn(process.execPath, [program, 'upgrade', '--from', repository], {
      cwd: root,
      stdio: 'ignore',
    });
    expect((await exitOf(child)).code).toBe(0);
    const [before, after, release] = await Promise.all([
      filesOf(root, 'HEAD'),
      filesOf(root, `lockstep/upgrade-${newest}`),
      filesOf(repository, newest!),
    ]);
    for (const path of new Set([...after.keys(), ...release.keys()]))
      expect(after.get(path), path).toBe(isYours(path) ? before.get(path) : release.get(path));
  });
});
