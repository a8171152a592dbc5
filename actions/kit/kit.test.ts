import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { giveGitToken } from './git-token.ts';
import { inert } from './inert.ts';
import { addSummary, trimmed } from './summary.ts';

const kit = import.meta.dirname;

/** Runs lines of TypeScript beside the kit, as an action's process. */
function act(code: string, env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-kit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'main.ts');
  writeFileSync(file, code.replaceAll('KIT', kit));
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, HOME, GITHUB_WORKSPACE: folder, ...env },
  });
}

test('an error is one annotation on its line, exit 1, and no stack trace', () => {
  const { stdout, stderr, status } = act(`
import { writeFileSync } from 'node:fs';
import { run } from 'KIT/run.ts';
import { LockstepError } from 'KIT/../../src/workspace/index.ts';
writeFileSync('policy.yaml', '');
await run(async () => {
  throw new LockstepError('E_GATE_EMPTY', {
    what: 'no check 100 %\\n::set-output name=a::b',
    where: { file: 'policy.yaml', line: 3, column: 5 },
  });
});`);
  expect(status).toBe(1);
  expect(stderr).toBe('');
  expect(stdout).toBe(
    '::error title=E_GATE_EMPTY,file=policy.yaml,line=3,col=5::E_GATE_EMPTY: no check 100 %25\\u000a::set-output name=a::b in policy.yaml:3:5.\n',
  );
});

test.each([
  ["throw new Error('boom')", 'thrown'],
  [
    "setTimeout(() => { throw new Error('boom') }, 1); await new Promise((done) => setTimeout(done, 1000))",
    'uncaught',
  ],
  [
    "void Promise.reject(new Error('boom')); await new Promise((done) => setTimeout(done, 1000))",
    'unhandled',
  ],
])('a defect of ours is said to be one: %s', (code) => {
  const { stdout, stderr, status } = act(`import { run } from 'KIT/run.ts';
await run(async () => { ${code} });`);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout.split('\n').filter((line) => line.startsWith('::error'))).toEqual([
    '::error title=E_INTERNAL::E_INTERNAL: boom. This is a defect of Lockstep, not yours: run the job again with debug logging to see where it happened.',
  ]);
});

test('stages side by side are told one after the other, and the runner takes no command from any', () => {
  const { stdout } = act(`
import { stageGroups } from 'KIT/stage-groups.ts';
const { report, end } = stageGroups('churn');
report({ kind: 'stage-cached', stage: 'prepare' });
report({ kind: 'stage-started', stage: 'a', why: ['param x 1 → 2'] });
report({ kind: 'stage-started', stage: 'b', why: ['code: b.ts\\n::error::x'] });
report({ kind: 'log', stage: 'b', line: '::add-mask::b' });
report({ kind: 'log', stage: 'a', line: '::set-env name=A::1' });
report({ kind: 'stage-finished', stage: 'b', seconds: 1 });
report({ kind: 'log', stage: 'a', line: 'x ##[error]y' });
report({ kind: 'stage-finished', stage: 'a', seconds: 2 });
report({ kind: 'stage-started', stage: 'c', why: ['first time'] });
report({ kind: 'log', stage: 'c', line: 'dies' });
end();
end();`);
  const passwords = [...stdout.matchAll(/^::stop-commands::([0-9a-f]{64})$/gm)].map(([, found]) => found!);
  expect(new Set(passwords).size).toBe(3);
  const shown = passwords.reduce(
    (text, password, index) => text.replaceAll(password, `secret${index}`),
    stdout,
  );
  expect(shown).toMatchInlineSnapshot(`
    "churn, prepare: nothing changed
    ::group::churn, a: param x 1 → 2
    ::stop-commands::secret0
    : :set-env name=A::1
    x ## [error]y
    ::secret0::
    ::endgroup::
    churn, a: done in 2.0 s
    ::group::churn, b: code: b.ts ::error::x
    ::stop-commands::secret1
    : :add-mask::b
    ::secret1::
    ::endgroup::
    churn, b: done in 1.0 s
    ::group::churn, c: first time
    ::stop-commands::secret2
    dies
    ::secret2::
    ::endgroup::
    "
  `);
});

test.each([
  ['::set-env name=A::1', ': :set-env name=A::1'],
  ['  ::warning::x', '  : :warning::x'],
  ['a ##[add-mask]b', 'a ## [add-mask]b'],
  ['one\r\n::error::two', 'one ::error::two'],
  ['one\u2028::error::two', 'one ::error::two'],
  ['a::b', 'a::b'],
])('%j is one line without a command', (line, shown) => {
  expect(inert(line)).toBe(shown);
});

test('a summary is cut by bytes at a line, with nothing left open, and says so', async () => {
  const rows = Array.from({ length: 200 }, (_, row) => `| ${row} | späte Flüge |`);
  const markdown = [
    '# Report',
    '<details><summary>all</summary>',
    '',
    '```',
    ...rows,
    '```',
    '</details>',
    '',
  ].join('\n');
  expect(trimmed(markdown, 100_000)).toBe(markdown);
  for (const most of [2000, 2001, 2002, 1999]) {
    const cut = trimmed(markdown, most);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(most);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(most - 60);
    expect(cut).not.toContain('\ufffd');
    expect(cut.slice(-180)).toMatch(/\|\n```\n\n<\/details>\n\n\*Cut here: \d+ bytes are more .*\*\n$/);
  }
  const file = join(mkdtempSync(join(tmpdir(), 'lockstep-summary-')), 'summary');
  writeFileSync(file, 'x'.repeat(1024 * 1024 - 500));
  process.env.GITHUB_STEP_SUMMARY = file;
  onTestFinished(() => {
    delete process.env.GITHUB_STEP_SUMMARY;
  });
  await addSummary(`${'line\n'.repeat(1000)}`);
  expect(readFileSync(file).byteLength).toBeLessThanOrEqual(1024 * 1024);
  expect(readFileSync(file, 'utf8')).toContain('*Cut here: ');
});

test('git gets the token through its environment, after whatever a checkout left', () => {
  const env: Record<string, string | undefined> = { GIT_CONFIG_COUNT: '1' };
  giveGitToken('s3cret', 'https://github.example/', env);
  expect(env).toEqual({
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_1: 'http.https://github.example/.extraheader',
    GIT_CONFIG_VALUE_1: '',
    GIT_CONFIG_KEY_2: 'http.https://github.example/.extraheader',
    GIT_CONFIG_VALUE_2: 'AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46czNjcmV0',
  });
});
