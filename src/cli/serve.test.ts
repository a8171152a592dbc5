import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';
import { toyModel, toyModelYaml } from '../../test/toy-model.ts';
import { toyFolder, toyGolden } from '../../test/toy-server.ts';
import { openStore } from '../data/index.ts';
import { openWorkspace } from '../workspace/index.ts';

function workspaceFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-serve-'));
  writeFileSync(join(root, 'lockstep.yaml'), 'environments: [dev]\n');
  return root;
}

/** Runs the command until it listens, asks it once, and stops it with Ctrl-C. */
async function serveOnce(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [main, 'serve', ...args, '--json'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = JSON.parse((await lines.next()).value as string) as {
    url: string;
    error?: { message: string };
  };
  if (first.error) return { error: first.error.message, exit: await exit };
  const metadata = (await (await fetch(`${first.url}/metadata`)).json()) as { version: string };
  child.kill('SIGINT');
  return {
    version: metadata.version,
    last: JSON.parse((await lines.next()).value as string),
    exit: await exit,
  };
}

it('serves a folder until it is told to stop', async () => {
  const result = await serveOnce(workspaceFolder(), ['--models', toyFolder()]);
  expect(result).toEqual({ version: 'v1.0.0', last: { url: expect.any(String), ended: true }, exit: 0 });
});

it("serves the newest judged run's model", async () => {
  const root = workspaceFolder();
  mkdirSync(join(root, 'models/toy'), { recursive: true });
  writeFileSync(join(root, 'models/toy/model.yaml'), toyModelYaml);
  const { digest } = await openStore(openWorkspace(root)).put(toyModel());
  const fingerprint = `sha256:${'ab'.repeat(32)}`;
  const run = join(root, '.lockstep/runs', 'ab'.repeat(32));
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'record.json'), JSON.stringify({ model: 'toy', fingerprint }));
  writeFileSync(join(run, 'golden.json'), JSON.stringify(toyGolden));
  const subject = { kind: 'candidate', modelDigest: digest };
  writeFileSync(
    join(run, 'evaluation.json'),
    JSON.stringify({ task: 'binary-classification', threshold: 0.4, positive: 'yes', subject }),
  );
  const result = await serveOnce(root, ['toy']);
  expect(result).toMatchObject({ version: 'run-abababababab', exit: 0 });
});

it.each([
  ['no run', ['toy'], 1],
  ['an empty folder', ['--models', '/'], 1],
  ['nothing to serve', [], 2],
  ['a port that is none', ['toy', '--port', 'x'], 2],
])('refuses %s', async (_what, args, exit) => {
  const result = await serveOnce(workspaceFolder(), args);
  expect(result.exit).toBe(exit);
  expect(result.error).toMatchSnapshot();
});
