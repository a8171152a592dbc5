import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyHashed } from './followed-copy.ts';

const megabyte = 1024 * 1024;

function place(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

const digestOf = (path: string) => `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;

test.each([
  ['nothing', 0],
  ['a byte', 1],
  ['just followed', 16 * megabyte],
  ['no whole blocks', 41 * megabyte + 7],
])('%s is copied, and its digest is that of the copy', async (_, size) => {
  const at = place();
  writeFileSync(at('from'), Buffer.alloc(size, 'lockstep'));
  // What a run before left there is not read.
  writeFileSync(at('copy'), Buffer.alloc(20 * megabyte, 'old'));
  expect(await copyHashed(at('from'), at('copy'))).toEqual({ digest: digestOf(at('from')), size });
  expect(digestOf(at('copy'))).toBe(digestOf(at('from')));
});

test('a file that changes meanwhile is told as it was copied', async () => {
  const at = place();
  writeFileSync(at('from'), Buffer.alloc(64 * megabyte, 'a'));
  const handle = openSync(at('from'), 'r+');
  const changing = setInterval(() => {
    writeSync(handle, Buffer.alloc(megabyte, 'b'), 0, megabyte, Math.floor(Math.random() * 60) * megabyte);
    appendFileSync(at('from'), 'and more');
  }, 1);
  const ref = await copyHashed(at('from'), at('copy'));
  clearInterval(changing);
  closeSync(handle);
  expect(ref).toEqual({ digest: digestOf(at('copy')), size: readFileSync(at('copy')).length });
});

test('a file that is not there is refused by its name', async () => {
  const at = place();
  await expect(copyHashed(at('from'), at('copy'))).rejects.toThrow(/ENOENT.*from/);
});
