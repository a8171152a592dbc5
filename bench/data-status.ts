import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addData, statusData } from '../src/data/index.ts';
import { openWorkspace } from '../src/workspace/index.ts';

export interface StatusTimes {
  readonly files: number;
  /** Seconds of `data status` without a memo: every file is read. */
  readonly cold: number;
  /** Seconds with one: every file is looked at. */
  readonly warm: number;
}

/** `data status` on a folder of many files of 2 KB; the promise is ≤ 1 s cold and ≤ 0.3 s warm for 10,000. */
export async function benchDataStatus(files = 10_000): Promise<StatusTimes> {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    mkdirSync(join(root, 'pipelines'));
    mkdirSync(join(root, 'data/many'), { recursive: true });
    for (let index = 0; index < files; index++) {
      writeFileSync(join(root, 'data/many', `${index}.txt`), `${index} `.repeat(400));
    }
    const workspace = openWorkspace(root);
    await addData(workspace, join(root, 'data/many'));
    await sleep(100); // Files as new as the memo are not remembered.
    const cold = await seconds(() => statusData(workspace));
    const warm = await seconds(() => statusData(workspace));
    return { files, cold, warm };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

if (import.meta.main) console.log(JSON.stringify(await benchDataStatus()));
