import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withLock } from './lock-file.ts';
import { exitOf } from './process.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'lockstep-lock-'));
const abandoned = JSON.stringify({ pid: 2 ** 22 + 7, host: hostname(), started: 'once', what: 'gone' });

test('a second holder is refused, or waits, and is told for whom', async () => {
  const path = join(folder(), 'a.lock');
  await withLock(path, { what: 'first' }, async () => {
    await expect(withLock(path, { what: 'second' }, async () => 1)).rejects.toThrow(
      /^E_BUSY: second waits for process \d+ on .* \(first, since .*\) in .*a\.lock\. Fix: let it finish, or stop it\.$/,
    );
  });
  expect(existsSync(path)).toBe(false);
});

test.each([abandoned, '', '{"pid":'])('a lock of nobody is taken over: %s', async (content) => {
  const path = join(folder(), 'a.lock');
  writeFileSync(path, content);
  expect(await withLock(path, { what: 'next' }, async () => 'held')).toBe('held');
});

test('of many at once, one holds it at a time, also when they find it abandoned', async () => {
  const here = folder();
  const path = join(here, 'a.lock');
  const count = join(here, 'count');
  writeFileSync(count, '0');
  const program = `
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const { withLock } = await import(${JSON.stringify(fileURLToPath(new URL('lock-file.ts', import.meta.url)))});
for (let round = 0; round < 5; round++) {
  await withLock(${JSON.stringify(path)}, { what: 'count', waitMs: 60_000 }, async () => {
    const before = Number(readFileSync(${JSON.stringify(count)}, 'utf8'));
    await sleep(3);
    writeFileSync(${JSON.stringify(count)}, String(before + 1));
    if (round === 4) writeFileSync(${JSON.stringify(path)}, ${JSON.stringify(abandoned)});
  });
}
`;
  writeFileSync(join(here, 'count.mjs'), program);
  writeFileSync(path, abandoned);
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, [join(here, 'count.mjs')], { stdio: 'inherit' }),
  );
  expect((await Promise.all(children.map(exitOf))).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(readFileSync(count, 'utf8')).toBe('30');
});
