import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectThat, type Story } from './story.ts';

/** Starts `lockstep up`, the local GitOps agent, and waits until it watches the branch. It runs until the demo ends. */
export async function startAgent(story: Story): Promise<void> {
  const running = story.tell.command('./lockstep up &');
  const started = performance.now();
  const child = story.shell.start(['up']);
  const lines = createInterface({ input: child.stdout! });
  child.stderr!.resume();
  const ready = await Promise.race([
    once(lines, 'line').then(() => true),
    once(child, 'exit').then(() => false),
    sleep(30_000, false, { ref: false }),
  ]);
  lines.on('line', () => {}); // Keeps the pipe empty.
  expectThat(ready, 'the local agent did not start');
  running.done('the local agent watches the branch environments', (performance.now() - started) / 1000);
}
