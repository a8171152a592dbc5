import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, type Workspace } from '../src/workspace/index.ts';
import { runCli } from './bad-inputs/command-line.ts';
import { type GitSandbox, makeSandbox } from './git-sandbox.ts';
import { makeProject, registerVersion } from './release-sandbox.ts';

// docs/operations.md, run from top to bottom: what it shows is what its commands print.

const page = readFileSync(join(import.meta.dirname, '../docs/operations.md'), 'utf8');

/** Commands with what the page says they print; or what somebody else does between them. */
type Step = { readonly commands: readonly string[]; readonly shown: string } | { readonly happens: string };

const steps = [
  ...page.matchAll(/```sh\n([\s\S]*?)```\n```text\n([\s\S]*?)```|<!-- test: ([\s\S]*?) -->/g),
].map(
  ([, commands, shown, happens]): Step =>
    happens === undefined ? { commands: commands!.trim().split('\n'), shown: shown! } : { happens },
);

const untimed = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?/g, '…')
    .replaceAll(/\b[0-9a-f]{12,64}\b…?/g, '…')
    .trim();

async function run({ root }: Workspace, command: string): Promise<string> {
  const [program, ...words] = command.match(/"[^"]*"|\S+/g)!;
  const args = words.map((word) => word.replaceAll('"', ''));
  if (program === 'git') return git(['-c', 'push.default=nothing', ...args, '--quiet'], { cwd: root });
  expect(program).toBe('lockstep');
  const { stdout, stderr } = await runCli(root, args);
  return stdout + stderr;
}

/** A hand that goes past Lockstep. */
async function happen({ clone, origin }: GitSandbox, { root: own }: Workspace, what: string): Promise<void> {
  if (what.startsWith('deletes the branch')) {
    await git(['update-ref', '-d', 'refs/heads/environments'], { cwd: origin });
    return;
  }
  if (what.startsWith('deletes the tag')) {
    for (const cwd of [origin, own]) await git(['update-ref', '-d', 'refs/tags/churn@v1.0.0'], { cwd });
    return;
  }
  expect(what).toContain('edits the digest');
  const { root } = await clone('mallory');
  await git(['checkout', '--quiet', 'environments'], { cwd: root });
  const file = join(root, 'models/churn/environments/staging/kustomization.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`));
  await git(['commit', '--quiet', '--all', '--message', 'quick fix'], { cwd: root });
  await git(['push', '--quiet', 'origin', 'environments'], { cwd: root });
}

test('an incident, from the bad release to the branch that was deleted', { timeout: 240_000 }, async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) await registerVersion(workspace, version);
  for (const version of ['v1.0.0', 'v1.1.0'])
    for (const environment of ['dev', 'staging', 'production'])
      await run(workspace, `lockstep promote churn ${version} --to ${environment} --observe 0`);
  expect(steps.filter((step) => 'commands' in step).length).toBeGreaterThan(9);
  for (const step of steps) {
    if ('happens' in step) {
      await happen(sandbox, workspace, step.happens);
      continue;
    }
    const printed: string[] = [];
    for (const command of step.commands) printed.push(await run(workspace, command));
    expect.soft(untimed(printed.join('')), step.commands.join('; ')).toBe(untimed(step.shown));
  }
});
