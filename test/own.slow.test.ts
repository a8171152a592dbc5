import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git, openWorkspace, type Workspace } from '../src/workspace/index.ts';
import { commitFiles, type GitSandbox, makeRepository, makeSandbox } from './git-sandbox.ts';
import { officialErrors } from './workflows/linters.ts';
import { readWorkflows } from './workflows/workflow-file.ts';

/*
 * A copy of the template, as "Use this template" makes one (the files, in one commit), becomes a team's: `init --own`
 * with the copy's own code, and what is left of it still works.
 */
const template = dirname(import.meta.dirname);
let sandbox: GitSandbox;
beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const filesOf = async (root: string): Promise<string[]> =>
  (await git(['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root })).split('\0').filter(Boolean);

async function copyOfTemplate(name: string): Promise<Workspace> {
  const copy = await makeRepository(sandbox.folder, name);
  for (const path of await filesOf(template)) {
    if (!existsSync(join(template, path))) continue;
    mkdirSync(dirname(join(copy.root, path)), { recursive: true });
    copyFileSync(join(template, path), join(copy.root, path));
  }
  await commitFiles(copy, {}, 'Initial commit');
  symlinkSync(join(template, 'node_modules'), join(copy.root, 'node_modules'), 'junction');
  return openWorkspace(copy.root);
}

function lockstep({ root }: Workspace, ...args: string[]): { exit: number | null; said: string } {
  const program = join(root, 'src/cli/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { exit: status, said: `${stdout}${stderr}` };
}

test('a copy becomes a team’s: no example, nothing of the product’s own, and all of it works', async () => {
  const copy = await copyOfTemplate('our models');
  const { root } = copy;
  await commitFiles(copy, {
    'models/mine/model.yaml': readFileSync(join(root, 'models/digits/model.yaml'), 'utf8'),
  });
  const own = lockstep(copy, 'init', '--own');
  expect([own.exit, own.said]).toEqual([0, expect.stringMatching(/files removed[\s\S]*pipelines\/digits/)]);
  expect(lockstep(copy, 'init', '--own').said).toContain('nothing is left to remove');
  for (const gone of ['pipelines', 'models/digits', 'bench', 'test', 'docs/adr', '.data', 'workflows/ci.yml'])
    expect([gone, existsSync(join(root, gone))]).toEqual([gone, false]);
  expect(existsSync(join(root, 'models/mine/model.yaml'))).toBe(true);
  expect(readFileSync(join(root, 'data.lock'), 'utf8')).toBe('version: 1\ndatasets: {}\n');
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toMatch(/^# our models\n/);
  await git(['rm', '--quiet', '-r', 'models/mine'], { cwd: root });
  await commitFiles(copy, {}, 'chore: our own repository');

  const rows = Array.from(
    { length: 300 },
    (_, row) => `${row},${(row * 37) % 100},${(row * 37) % 100 > 60 ? 'yes' : 'no'}`,
  );
  writeFileSync(join(sandbox.folder, 'customers.csv'), `id,months,churned\n${rows.join('\n')}\n`);
  const init = ['init', 'churn', '--data', '../customers.csv', '--target', 'churned', '--row-id', 'id'];
  for (const command of [init, ['run', 'churn'], ['status'], ['--help']])
    expect(lockstep(copy, ...command)).toMatchObject({ exit: 0 });
  const tested = spawnSync(process.execPath, ['scripts/run.mjs', 'test:own'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([tested.status, tested.stdout + tested.stderr]).toEqual([0, expect.stringContaining('churn')]);
}, 120_000);

test('its workflows are right, and no page of it leads nowhere', async () => {
  const { root } = await copyOfTemplate('pages');
  expect(lockstep(openWorkspace(root), 'init', '--own').exit).toBe(0);
  const workflows = readWorkflows(root);
  expect(workflows.map(({ name }) => name)).toEqual(
    readWorkflows(template)
      .map(({ name }) => name)
      .filter((name) => name !== 'lockstep-ci' && name !== 'lockstep-release'),
  );
  expect(await officialErrors(workflows)).toEqual([]);
  const nowhere: string[] = [];
  const pages = (await filesOf(root)).filter((path) => path.endsWith('.md') && existsSync(join(root, path)));
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '');
    for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g))
      if (!existsSync(resolve(root, dirname(page), decodeURI(link!)))) nowhere.push(`${page}: ${link}`);
  }
  expect(nowhere).toEqual([]);
});

test('what the team changed, or has not committed, is not taken from it', async () => {
  const copy = await copyOfTemplate('changed');
  const { root } = copy;
  writeFileSync(join(root, 'pipelines/digits/prepare.ts'), '// ours now\n');
  expect(lockstep(copy, 'init', '--own')).toMatchObject({
    exit: 1,
    said: expect.stringMatching(/^E_GIT_DIRTY: 1 files here are not as they were committed/),
  });
  await commitFiles(copy, {}, 'feat: our digits');
  expect(lockstep(copy, 'init', '--own')).toMatchObject({
    exit: 1,
    said: expect.stringMatching(
      /^E_CONFIG_VALUE: 1 files that would go were changed here: pipelines\/digits\/prepare.ts/,
    ),
  });
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })).not.toMatch(
    /^ [MD]/m,
  );
  const yaml = readFileSync(join(root, 'pipelines/flight-delay/pipeline.yaml'), 'utf8');
  const mine = 'pipelines/mine/pipeline.yaml';
  await commitFiles(copy, { [mine]: yaml.replace('- prepare.ts', '- /pipelines/flight-delay/prepare.ts') });
  expect(lockstep(copy, 'init', '--own', '--force')).toMatchObject({
    exit: 1,
    said: expect.stringMatching(
      /^E_CONFIG_VALUE: mine reads \/pipelines\/flight-delay\/prepare.ts, which would go/,
    ),
  });
  await git(['rm', '--quiet', mine], { cwd: root });
  await commitFiles(copy, {});
  expect(lockstep(copy, 'init', '--own', '--force', '--json').said).toContain('pipelines/digits/prepare.ts');
  expect(existsSync(join(root, 'pipelines'))).toBe(false);
});

test('pages, scripts and data that the team made stay, with --force too; the demo says what it lacks', async () => {
  const copy = await copyOfTemplate('written');
  const { root } = copy;
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  await commitFiles(copy, {
    'README.md': '# Flights\n',
    'package.json': manifest.replace('"node scripts/run.mjs test"', '"node --test"'),
  });
  writeFileSync(join(sandbox.folder, 'scans.csv'), 'a,b\n1,2\n');
  const add = ['data', 'add', '../scans.csv', '--as', 'digits/scans.parquet'];
  expect(lockstep(copy, ...add)).toMatchObject({ exit: 0 });
  await commitFiles(copy, {});
  expect(lockstep(copy, 'init', '--own', '--force')).toMatchObject({ exit: 0 });
  expect(readFileSync(join(root, 'data.lock'), 'utf8').match(/^ {2}\S+:/gm)).toEqual([
    '  digits/scans.parquet:',
  ]);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('# Flights\n');
  expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).not.toContain('To add a trainer');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(scripts).toMatchObject({ start: 'node scripts/run.mjs lockstep status', test: 'node --test' });
  expect(Object.keys(scripts)).not.toContain('bench');
  expect(lockstep(copy, 'start')).toMatchObject({
    exit: 1,
    said: expect.stringMatching(
      /^E_PIPELINE_MISSING: the demo shows the model flight-delay, which is not here/,
    ),
  });
});
