import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Needs, Suite, Tools } from './suite.ts';
import { ensurePrograms } from './tools/debian.ts';
import { modulesWith } from './tools/node-packages.ts';
import { openRunner } from './tools/programs.ts';
import { pythonWith } from './tools/python.ts';
import { Unavailable } from './tools/unavailable.ts';

export interface Outcome {
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  readonly words: string;
}

/** Installs what the suite needs, runs it in a folder of its own, ends whatever it left. Never throws. */
export async function runSuite(suite: Suite, root: string): Promise<Outcome> {
  const started = performance.now();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `lockstep-interop-${suite.name}-`)));
  const programs = openRunner(folder);
  const finished = (result: Outcome['result'], words: string) => ({
    result,
    seconds: (performance.now() - started) / 1000,
    words,
  });
  try {
    const needed = await prepare(suite.needs);
    return finished('passed', await inTime(suite, suite.run({ root, folder, programs, ...needed })));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    // Where everything can be installed, a suite that did not run has shown nothing.
    const skipped = error instanceof Unavailable && process.env.CI !== 'true';
    return finished(skipped ? 'skipped' : 'failed', words);
  } finally {
    await programs.stop();
    remove(folder);
  }
}

/** What can't be removed is said, and does not hide how the suite ended. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    process.stderr.write(`${folder} is left: ${error instanceof Error ? error.message : error}\n`);
  }
}

async function prepare(needs: Needs): Promise<Pick<Tools, 'python' | 'modules'>> {
  await ensurePrograms(needs.debian ?? {});
  return {
    python: needs.python === undefined ? '' : await pythonWith(needs.python),
    modules: needs.npm === undefined ? '' : await modulesWith(needs.npm),
  };
}

async function inTime<T>(suite: Suite, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const minutes = 3 * suite.minutes;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${minutes} minutes`)), minutes * 60_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
