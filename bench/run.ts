import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPath } from '../test/interop/tools/environment.ts';
import { type Command, peakMegabytes, printMemory, printSeconds, secondsOf } from './measure.ts';

/*
 * The whole command as a user waits for it, `npx lockstep`'s launcher included, in a clone of HEAD after a first
 * run; the start of the same two Nodes beside it, turn by turn, so that a busy machine slows both.
 *   node bench/run.ts [times]
 */
const times = Number(process.argv[2] ?? 15);
const checkout = join(import.meta.dirname, '..');
const root = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
try {
  const git: Command = ['git', '-c', 'safe.directory=*', 'clone', '--quiet', checkout, root];
  secondsOf(git, { cwd: checkout });
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'), 'junction');
  const where = { cwd: root, env: { ...process.env, PATH: hostPath(), NODE_COMPILE_CACHE: undefined } };
  const run: Command = ['node', 'bin/lockstep.js', 'run', 'flight-delay', '--json'];
  const starts: Command[] = [
    ['node', '-e', '0'],
    [process.execPath, '-e', '0'],
  ];
  const first = secondsOf(run, where);
  secondsOf(run, where);
  const taken: number[] = [];
  const bare: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    taken.push(secondsOf(run, where));
    bare.push(starts.reduce((sum, start) => sum + secondsOf(start, where), 0));
  }
  printSeconds('node -e 0, the host’s and then Node 24', bare);
  printSeconds('run with nothing changed (goal: 0.5 s)', taken, bare);
  printMemory('run with nothing changed', peakMegabytes(run, where));
  printSeconds('the first run, which trains', [first]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
