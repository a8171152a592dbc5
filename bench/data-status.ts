import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostPath } from '../test/interop/tools/environment.ts';
import { type Command, peakMegabytes, printMemory, printSeconds, secondsOf } from './measure.ts';

/*
 * Whole commands on a folder of many files of 1 to 2 KB: cold reads every file, warm looks at each. Git is asked the same:
 * cold after its index was written anew without times, warm after that.
 *   node bench/data-status.ts [files] [times]
 */
const files = Number(process.argv[2] ?? 10_000);
const times = Number(process.argv[3] ?? 5);
const root = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
try {
  mkdirSync(join(root, 'pipelines'));
  mkdirSync(join(root, 'data/many'), { recursive: true });
  for (let index = 0; index < files; index++) {
    writeFileSync(join(root, 'data/many', `${index}.txt`), `${index} `.repeat(400));
  }
  const where = { cwd: root, env: { ...process.env, PATH: hostPath() } };
  const git = (...args: string[]): Command => [
    'git',
    '-c',
    'user.name=x',
    '-c',
    'user.email=x@example.com',
    ...args,
  ];
  const lockstep = (...args: string[]): Command => [
    'node',
    join(import.meta.dirname, '../bin/lockstep.js'),
    ...args,
  ];
  for (const command of [
    git('init', '--quiet'),
    git('add', 'data'),
    git('commit', '--quiet', '-m', 'files'),
    lockstep('data', 'add', 'data/many'),
  ]) {
    secondsOf(command, where);
  }
  await sleep(100); // Files as new as the memo are not remembered.
  const seconds = {
    ourCold: [] as number[],
    ourWarm: [] as number[],
    gitCold: [] as number[],
    gitWarm: [] as number[],
  };
  for (let turn = 0; turn < times; turn++) {
    rmSync(join(root, '.lockstep/cache/data-status.json'), { force: true });
    seconds.ourCold.push(secondsOf(lockstep('data', 'status'), where));
    seconds.ourWarm.push(secondsOf(lockstep('data', 'status'), where));
    rmSync(join(root, '.git/index'));
    secondsOf(git('read-tree', 'HEAD'), where);
    seconds.gitCold.push(secondsOf(git('status', '--porcelain', 'data'), where));
    seconds.gitWarm.push(secondsOf(git('status', '--porcelain', 'data'), where));
  }
  process.stdout.write(`  ${files} files\n`);
  printSeconds('git status, cold', seconds.gitCold);
  printSeconds('data status, cold (goal: 1 s)', seconds.ourCold, seconds.gitCold);
  printSeconds('git status, warm', seconds.gitWarm);
  printSeconds('data status, warm (goal: 0.3 s)', seconds.ourWarm, seconds.gitWarm);
  printMemory('data status, warm', peakMegabytes(lockstep('data', 'status'), where));
} finally {
  rmSync(root, { recursive: true, force: true });
}
