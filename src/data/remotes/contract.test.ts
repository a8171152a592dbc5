import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import type { Bucket } from './bucket.ts';
import { bucketContract } from './contract.ts';
import { fileBucket } from './file-bucket.ts';

test('a folder keeps the contract', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bucket-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await bucketContract(async () => fileBucket(folder, `file:${folder}`));
});

/** A bucket in memory that keeps the contract, but for what `wrong` says. */
function memoryBucket(wrong: Partial<Record<string, true>> = {}): Bucket {
  const held = new Map<string, Buffer>();
  const validatorOf = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;
  return {
    name: wrong.name ? 'gs://bucket/?sig=s3cret' : 'gs://bucket/',
    stat: async (key) => (held.has(key) ? { size: held.get(key)!.length } : null),
    async get(key, range = { from: 0 }) {
      const bytes = held.get(key) ?? (wrong.missing ? Buffer.alloc(0) : undefined);
      if (bytes === undefined) return null;
      const validator = validatorOf(bytes);
      const isOther = !wrong.version && range.validator !== undefined && range.validator !== validator;
      const from = isOther ? 0 : range.from;
      const end = isOther || range.to === undefined ? bytes.length : range.to + (wrong.to ? 1 : 0);
      const shown = bytes.subarray(wrong.from && from > 0 ? from + 1 : from, end);
      return { from, validator, contentType: null, body: Readable.from([shown]) };
    },
    async put(key, bytes) {
      held.set(key, Buffer.from(wrong.put ? bytes.subarray(0, 1 << 20) : bytes));
    },
    async *list(prefix) {
      const keys = [...held.keys()].filter((key) => key.startsWith(prefix));
      const time = wrong.time ? Date.now() / 1000 : Date.now();
      for (const key of keys.slice(0, wrong.page ? 1000 : undefined))
        yield { key, size: held.get(key)!.length, modified: time };
    },
    async remove(keys) {
      if (wrong.strict && keys.some((key) => !held.has(key))) throw new Error('E_REMOTE_FAILED');
      if (!wrong.remove) for (const key of keys) held.delete(key);
    },
  };
}

test('the contract finds each fault', async () => {
  const bucket = memoryBucket();
  await bucketContract(async () => bucket);
  const found: string[] = [];
  for (const fault of 'name missing version from to put page time strict remove'.split(' ')) {
    const wrong = memoryBucket({ [fault]: true });
    const message = await bucketContract(async () => wrong).then(String, (error: Error) => error.message);
    found.push(`${fault}: ${message.split('\n')[0]!.replace(/[0-9a-f]{10,}/g, '…')}`);
  }
  expect(found.join('\n')).toMatchInlineSnapshot(`
    "name: The input was expected to not match the regular expression /[@?]/. Input:
    missing: what is not there is no error
    version: a range of an older version is answered from byte 0
    from: contract-…/sha256/0a/… from 3333 to its end
    to: contract-…/sha256/0a/… from 3333 to 5000
    put: stat contract-…/large
    page: all below a prefix is listed
    time: contract-…/list/0.json was put just now, not …
    strict: E_REMOTE_FAILED
    remove: what was removed is gone"
  `);
});
