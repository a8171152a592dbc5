import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePrograms } from '../test/interop/tools/debian.ts';
import { cleanEnvironment } from '../test/interop/tools/environment.ts';
import { radosgwPrograms } from '../test/interop/tools/radosgw.ts';
import { addLarge, addMany } from './data/parts/add.ts';
import { million } from './data/parts/million.ts';
import { pullLarge } from './data/parts/pull-large.ts';
import { status } from './data/parts/status.ts';
import { table } from './data/parts/table.ts';
import { transferDisk, transferS3 } from './data/parts/transfer.ts';
import { openReport } from './data/report.ts';
import type { Part, World } from './data/world.ts';

/*
 * Data, side by side with DVC, rclone and others, turn by turn in one run: `npm run bench:data`. Whole commands; S3 is
 * Debian's radosgw on the loopback. The last line counts the goals that were met, and one that was missed makes it end
 * with 1. Installs its peers as root on Debian, once.
 *   node bench/data.ts [--times 5] [--only <part>]… [--scale small|<share>] [--scale-million]
 */
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    scale: { type: 'string', default: '1' },
    'scale-million': { type: 'boolean', default: false },
  },
});
const scale = values.scale === 'small' ? 0.02 : Number(values.scale);
const times = Number(values.times);
const mostMemory = 300;
const parts = [addMany, addLarge, status, transferS3, transferDisk, pullLarge, table];
const unknown = values.only?.find((name) => ![...parts, million].some((part) => part.name === name));
if (unknown !== undefined) stop(`No part ${unknown}: there are ${parts.map(({ name }) => name).join(', ')}.`);
if (!(scale > 0 && times >= 1)) stop('--scale and --times are numbers above 0.');

await ensurePrograms({ ...radosgwPrograms, rclone: 'rclone', 'git-lfs': 'git-lfs', time: 'time' });
const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
// However it ends but by -9, the gigabytes go.
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const home = join(folder, 'home');
mkdirSync(home);
const report = openReport();
const world: World = { folder, times, scale, environment: peersEnvironment(), report };
if (scale !== 1) report.say(`at ${scale} of its size: a trial, whose figures say little`);
const wanted = parts.filter(({ name }) => values.only?.includes(name) ?? true);
for (const part of wanted) await judged(part);
if (report.peak > 0)
  report.goal('highest peak of ours in all of these', report.peak, { atMost: mostMemory }, 'MB');
else if (wanted.length > 0) report.missing(1);
if (values.only?.includes(million.name) ?? values['scale-million']) await judged(million);
process.stdout.write(`${report.met} of ${report.goals} goals met\n`);
process.exitCode = report.met === report.goals ? 0 : 1;

/** A part that breaks off has missed what it has not judged; the others go on. */
async function judged(part: Part): Promise<void> {
  const [started, before] = [performance.now(), report.goals];
  process.stdout.write(`\n${part.name}\n`);
  try {
    await part.run(world);
  } catch (error) {
    report.say(`broke off: ${error instanceof Error ? error.message : error}`);
  }
  const left = part.goals - (report.goals - before);
  if (left < 0) throw new Error(`${part.name} says it has ${part.goals} goals`);
  if (left > 0) report.say(`${left} of its goals not judged, and so missed`);
  report.missing(left);
  report.say(`(${((performance.now() - started) / 1000).toFixed(0)} s in all)`);
}

/** Loopback without proxies and their certificates, which rclone 1.60 stumbles over. */
function peersEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(cleanEnvironment(home)).filter(
    ([name]) => !/^(AWS_|RCLONE_)|_proxy$/i.test(name),
  );
  return { ...Object.fromEntries(kept), NO_PROXY: '127.0.0.1' };
}

function stop(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(2);
}
