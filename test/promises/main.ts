import { parseArgs } from 'node:util';
import { crashesLeaveNothingUnproven, oneMoreRunFinishes } from './p1-crashes.ts';
import { writersAllLand } from './p3-writers.ts';
import { interleavingsAreSerial } from './p4-interleavings.ts';
import { forgedVerdictsAreRefused } from './p5-forged-verdicts.ts';
import { movedTagsChangeNoDigest } from './p6-moved-tags.ts';
import { onePromotionChangesOneFolder } from './p7-one-folder.ts';
import { rollbacksRestore } from './p8-rollbacks.ts';
import { liesAreFound } from './p9-tampered-trees.ts';
import type { Amount, Promised } from './promise.ts';
import { removeAll } from './world.ts';

/*
 * What a promotion promises, as figures: `npm run test:promises`, or `-- P1 P3` for some and `--quick` for a tenth of
 * each. docs/promises.md says how each is measured. Exit code 1 when one does not hold.
 */
const promises: Readonly<Record<string, Promised>> = {
  P1: crashesLeaveNothingUnproven,
  P2: oneMoreRunFinishes,
  P3: writersAllLand,
  P4: interleavingsAreSerial,
  P5: forgedVerdictsAreRefused,
  P6: movedTagsChangeNoDigest,
  P7: onePromotionChangesOneFolder,
  P8: rollbacksRestore,
  P9: liesAreFound,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, seed: { type: 'string' } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(promises, name));
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    `usage: npm run test:promises -- [${Object.keys(promises).join('] [')}] [--quick] [--seed N]\n`,
  );
  process.exit(2);
}
// As for all our tests: nothing of what the developer's shell and account carry.
Object.assign(process.env, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' });
delete process.env.LOCKSTEP_SIGNING_KEY;

const wanted = positionals.length > 0 ? positionals : Object.keys(promises);
let holding = 0;
for (const name of wanted) if (await holds(name)) holding++;
removeAll();
process.stdout.write(`P1–P9: ${holding} of ${wanted.length} hold\n`);
process.exitCode = holding === wanted.length ? 0 : 1;

async function holds(name: string): Promise<boolean> {
  const started = performance.now();
  const amount: Amount = {
    quick: values.quick === true,
    seed,
    progress: (words) => show(`${name}  ${words}`),
  };
  const { words, missed } = await promises[name]!(amount).catch((error: unknown) => ({
    words: 'could not be measured',
    missed: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }));
  show('');
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`${name}  ${words}  (${seconds} s)\n`);
  const most = 10;
  for (const one of missed.slice(0, most)) process.stdout.write(`    missed: ${one}\n`);
  if (missed.length > most) process.stdout.write(`    and ${missed.length - most} more\n`);
  return missed.length === 0;
}

/** Only where somebody looks. */
function show(words: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${words}`);
}
