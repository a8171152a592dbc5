import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a started program answers requests, whatever it answers; throws with its words when it does not. */
export async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-2000);
    });
  for (const until = Date.now() + 30_000; Date.now() < until && child.exitCode === null; await sleep(100)) {
    if (await fetch(url).catch(() => null)) return;
  }
  throw new Error(`${child.spawnfile} does not answer at ${url}: ${said}`);
}
