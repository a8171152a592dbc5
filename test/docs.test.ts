import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { catalogue } from '../src/cli/catalogue.ts';

const root = dirname(import.meta.dirname);
const scratch = mkdtempSync(join(tmpdir(), 'lockstep-docs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...walk(join(root, 'docs')).filter((file) => file.endsWith('.md')),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

test('the README fits one screen', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(60);
});

test('every link between our pages leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .map((match) => match[1]!)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every command and option that a page names exists', async () => {
  const names = Object.keys(catalogue);
  const wrong: string[] = [];
  for (const page of pages) {
    for (const [, line] of textOf(page).matchAll(/(?:`|^|\$ |npx |\.\/)lockstep ([a-z][^`\n]*)/gm)) {
      const words = line!.split(/\s+/);
      const name = [words.slice(0, 2).join(' '), words[0]!].find((candidate) => names.includes(candidate));
      if (name === undefined) {
        wrong.push(`${page}: lockstep ${line}`);
        continue;
      }
      const { command } = await catalogue[name]!();
      const options = [...line!.matchAll(/(?<=\s)--([a-z][a-z-]*)/g)].map((match) => match[1]!);
      for (const option of options) {
        if (!['json', 'help'].includes(option) && !Object.hasOwn(command.options, option))
          wrong.push(`${page}: lockstep ${line}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('every package script that a page names exists', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const wrong = pages.flatMap((page) =>
    [...textOf(page).matchAll(/npm (?:run )?(start|test|check|format|bench|test:[a-z]+)\b/g)]
      .map((match) => match[1]!)
      .filter((name) => !Object.hasOwn(scripts, name))
      .map((name) => `${page}: npm run ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('the three commands of "Your own table" do what the README says, with nothing committed and no Git identity', () => {
  const repository = copyOfTheTemplate();
  writeFileSync(join(repository, 'customers.csv'), customers(600));
  const block = /## Your own table\n```sh\n([\s\S]*?)```/.exec(textOf('README.md'))![1]!.trim().split('\n');
  expect(block).toEqual([
    'npm ci',
    'npx lockstep init churn --data customers.csv --target churned',
    'npx lockstep run churn',
  ]);
  const env = {
    PATH: process.env.PATH!,
    HOME: scratch,
    GIT_CONFIG_NOSYSTEM: '1',
    npm_config_offline: 'true',
  };
  for (const line of block.slice(1)) {
    const [program, ...args] = line.split(' ');
    const { status, stdout, stderr } = spawnSync(program!, args, { cwd: repository, env, encoding: 'utf8' });
    expect(status, `${line}\n${stdout}\n${stderr}`).toBe(0);
    if (!args.includes('run')) continue;
    const report = /report: (\S+report\.html)/.exec(stdout)?.[1];
    expect(existsSync(join(repository, report ?? 'no report')), stdout).toBe(true);
  }
}, 120_000);

/** What a user has after "Use this template" and `npm ci`, from the work tree as it is. */
function copyOfTheTemplate(): string {
  const folder = join(scratch, 'template');
  const { stdout } = spawnSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '-z', '-co', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  for (const file of stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  spawnSync('git', ['init', '-q', folder]);
  return folder;
}

/** Customers who leave when they are new and pay much, with some noise: no file of ours. */
function customers(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const months = (row * 37) % 60;
    const fee = 20 + ((row * 53) % 80);
    const plan = ['basic', 'plus', 'family'][row % 3];
    const risk = 60 - months + fee + ((row * 7919) % 40);
    return `${row},${months},${fee},${plan},${risk > 90 ? 'yes' : 'no'}`;
  });
  return `customer,months,fee,plan,churned\n${lines.join('\n')}\n`;
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path.slice(root.length + 1)];
  });
}
