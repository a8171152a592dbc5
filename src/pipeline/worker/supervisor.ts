// Runs one command as a process group of its own and sees to it that the whole tree ends: at its own end, at a
// timeout, when we are told to stop, and when the process that started us is gone, killed -9 too.
import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
// One small file: this process waits beside every stage.
import { watchParent } from '../../workspace/process.ts';
import type { Outcome, SupervisedCommand } from '../supervised-process.ts';

const graceMs = 5000;

const { command, timeoutMs, outcomeFile } = JSON.parse(process.argv[2]!) as SupervisedCommand;

let child: ChildProcess | undefined;
let timedOut = false;

watchParent(() => {
  killTree('SIGKILL'); // Nobody waits for the result any more, and the next run may begin at once.
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => endTree());
}

child = start();
if (timeoutMs !== null) {
  setTimeout(() => {
    timedOut = true;
    endTree();
  }, timeoutMs).unref();
}
child.once('error', (error) => finish({ kind: 'not-started', message: error.message }));
child.once('exit', (code, signal) => {
  killTree('SIGKILL'); // What the command left in the background.
  finish(
    timedOut ? { kind: 'timeout' } : signal ? { kind: 'signal', signal } : { kind: 'exit', code: code ?? 1 },
  );
});

function start(): ChildProcess {
  const options = {
    stdio: ['ignore', 'inherit', 'inherit'] as const,
    detached: process.platform !== 'win32',
  };
  return typeof command === 'string'
    ? spawn(command, { ...options, stdio: [...options.stdio], shell: true })
    : spawn(command[0]!, command.slice(1), { ...options, stdio: [...options.stdio] });
}

function endTree(): void {
  killTree('SIGTERM');
  setTimeout(() => killTree('SIGKILL'), graceMs).unref();
}

function killTree(signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function finish(outcome: Outcome): void {
  writeFileSync(`${outcomeFile}.new`, JSON.stringify(outcome));
  renameSync(`${outcomeFile}.new`, outcomeFile);
  process.exit(0);
}
