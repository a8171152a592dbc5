import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';
import { commitFiles, makeSandbox } from '../../test/git-sandbox.ts';
import { readAgentState } from '../gitops/index.ts';
import { git } from '../workspace/index.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out(): string;
  until(text: string): Promise<void>;
}

function up(cwd: string, ...args: string[]): Command {
  const child = spawn(process.execPath, [main, 'up', '--poll', '0.1', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return {
    child,
    ended: new Promise((resolve) => child.on('exit', resolve)),
    out: () => text,
    async until(wanted) {
      for (const limit = Date.now() + 20_000; !text.includes(wanted) && Date.now() < limit; ) await sleep(20);
      expect(text).toContain(wanted);
    },
  };
}

test('up follows the remote: says when it is ready, refuses what verify refuses, stops on SIGTERM', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await sandbox.clone('laptop');
  await commitFiles(workspace, { 'a.txt': 'a' });
  const agent = up(workspace.root, '--json');
  await agent.until('"event":"ready","environments":{}');

  const author = await sandbox.clone('author');
  await commitFiles(author, { 'models/churn/environments/dev/kustomization.yaml': 'resources: []\n' });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/environments'], { cwd: author.root });
  await agent.until('"event":"refused"');
  const refused = agent
    .out()
    .split('\n')
    .find((line) => line.includes('"refused"'))!;
  expect(JSON.parse(refused)).toMatchObject({
    model: 'churn',
    environment: 'dev',
    version: null,
    kept: null,
  });
  expect(JSON.parse(refused).reasons[0]).toMatch(
    /^E_ENV_FILE_MISSING: no release\.json in models\/churn\/environments\/dev\/release\.json:1 — /,
  );
  const { port } = readAgentState(workspace)!.environments['churn/dev']!;
  expect((await fetch(`http://127.0.0.1:${port}/predict`)).status).toBe(503);

  const second = up(workspace.root);
  expect(await second.ended).toBe(1);
  expect(second.out()).toMatch(/^E_BUSY: lockstep up for origin\/environments waits for process \d+ on /);

  agent.child.kill('SIGTERM');
  expect(await agent.ended).toBe(0);
  expect(JSON.parse(agent.out().trim().split('\n').at(-1)!)).toMatchObject({ event: 'stopped' });
  expect(readAgentState(workspace)!.pid).toBeNull();
  await expect(fetch(`http://127.0.0.1:${port}/predict`)).rejects.toThrow();
});

test('up without a remote reads the repository itself, in lines for people', async () => {
  await using sandbox = await makeSandbox();
  const root = join(sandbox.folder, 'alone');
  await git(['init', '--quiet', root], { cwd: sandbox.folder });
  const agent = up(root);
  await agent.until('No environment runs anything yet');
  agent.child.kill('SIGINT');
  expect(await agent.ended).toBe(0);
  expect(agent.out()).toMatchInlineSnapshot(`
    "Watching environments. Ctrl-C stops every server.
    No environment runs anything yet: the first promotion will.
    Every server is stopped.
    "
  `);
});

test('arguments that make no sense are usage', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await sandbox.clone('laptop');
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'up', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return `${status} ${stderr.trim()}`;
  };
  expect([
    run('--poll', 'often'),
    run('--port-base', '70000'),
    run('--remote', 'upstream'),
  ]).toMatchInlineSnapshot(`
    [
      "2 E_USAGE: --poll often — a number from 0.1 to 3600 is allowed",
      "2 E_USAGE: --port-base 70000 — a number from 1 to 65000 is allowed",
      "1 E_GIT: no remote "upstream" — origin. Fix: name one of them, or \`git remote add\` it.",
    ]
  `);
});
