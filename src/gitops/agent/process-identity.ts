import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from './state.ts';

/**
 * When the process of this id began, in the system's own words, or null when none runs. Process ids are used again;
 * id and beginning together are not.
 */
export function processBegan(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // proc(5): after the name in parentheses comes the state, and the start time is the 20th field from there.
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
    }
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return text.trim() || null;
  } catch {
    return null;
  }
}

export const isRunning = ({ pid, began }: ServerProcess): boolean =>
  began !== null && processBegan(pid) === began;

/** SIGTERM, and SIGKILL for what has not ended after `graceMs`. */
export async function endProcess(server: ServerProcess, graceMs: number): Promise<void> {
  signal(server, 'SIGTERM');
  for (const until = Date.now() + graceMs; Date.now() < until; await sleep(20)) {
    if (!isRunning(server)) return;
  }
  signal(server, 'SIGKILL');
  for (const until = Date.now() + 2000; isRunning(server) && Date.now() < until; ) await sleep(20);
}

function signal(server: ServerProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (!isRunning(server)) return;
  try {
    process.kill(server.pid, name);
  } catch {
    // It ended between the two lines.
  }
}
