import { expect, test } from 'vitest';
import { messageOf } from '../test-workspace.ts';
import { parseLock } from './lock-parser.ts';

const hex = 'a'.repeat(64);
const head = 'version: 1\ndatasets:\n';
const line = (key: string, rest = '') => `  ${key}: {digest: "sha256:${hex}", size: 10${rest}}\n`;
const locked = (...keys: string[]) => head + keys.map((key) => line(key)).join('');

/** Group D of the bad inputs, and what is near them. */
const bad: readonly (readonly [string, string | Uint8Array])[] = [
  ['empty file', ''],
  ['byte order mark', `\ufeff${locked('a')}`],
  ['byte 0xFF', Buffer.concat([Buffer.from(head), Buffer.from([0xff, 10])])],
  ['CRLF', locked('a').replaceAll('\n', '\r\n')],
  ['CRLF in one line', locked('a').replace('}\n', '}\r\n')],
  ['the same path twice', locked('a', 'a')],
  ['a file and a folder of one name', head + line('a') + line('a/', ', files: 1')],
  ['a dataset inside another', head + line('a/', ', files: 1') + line('a/b')],
  ['case twins', locked('Train.csv', 'train.csv')],
  ['case twins, unsorted', locked('train.csv', 'Train.csv')],
  ['Unicode twins', locked('"e\u0301.csv"', '"\u00e9.csv"')],
  ['traversal', locked('../../etc/cron.d/x')],
  ['traversal with backslashes', locked('"a\\\\..\\\\..\\\\x"')],
  ['absolute', locked('/etc/passwd')],
  ['a drive', locked('"C:/x"')],
  ['double slash', locked('a//b')],
  ['leading dot', locked('./a')],
  ['folder without files', locked('a/')],
  ['file with files', head + line('a', ', files: 2')],
  ['unsorted', locked('b', 'a')],
  ['a comment line', `${head}# note\n${line('a')}`],
  ['a comment behind', locked('a').replace('}\n', '} # note\n')],
  ['.git', locked('.git/config')],
  ['.GIT further down', locked('a/.GIT/config')],
  ['.github', locked('.github/workflows/x.yml')],
  ['node_modules', locked('node_modules/x')],
  ['NUL', locked('"a\\u0000b"')],
  ['newline', locked('"a\\nb"')],
  ['ESC', locked('"a\\u001bb"')],
  ['U+202E', locked('"a\u202eb"')],
  ['lone surrogate', locked('"a\\ud800"')],
  ['4,097 bytes', locked(`${'a/'.repeat(2048)}a`)],
  ['longer than a YAML key', locked(`${'a/'.repeat(500)}a`)],
  ['256 bytes in a part', locked('a'.repeat(256))],
  ['63 hex digits', locked('a').replace('a"', '"')],
  ['upper-case hex', locked('a').replace(hex, 'A'.repeat(64))],
  ['sha1', locked('a').replace('sha256', 'sha1')],
  ['md5', locked('a').replace(`sha256:${hex}`, `md5:${'a'.repeat(32)}`)],
  ['bare digest', locked('a').replaceAll(/"(sha256:\w+)"/g, '$1')],
  ['leading zero', locked('a').replace('size: 10', 'size: 010')],
  ['negative size', locked('a').replace('size: 10', 'size: -1')],
  ['no files', locked('a/').replace('10}', '10, files: 0}')],
  ['beyond 2^53', locked('a').replace('size: 10', 'size: 9007199254740993')],
  ['a YAML word', locked('yes')],
  ['needless quotes', locked('"a"')],
  ['another escape', locked('"\\u0032001.csv"')],
  ['a bare key that needs quotes', locked('2001.csv')],
  ['a space in a bare key', locked('a b')],
  ['no last line end', locked('a').trimEnd()],
  ['an empty line', `${locked('a')}\n`],
  ['no entries under datasets', head],
  ['another version', 'version: 2\ndatasets: {}\n'],
  ['entries after none', `version: 1\ndatasets: {}\n${line('a')}`],
  ['a conflict', `${head}<<<<<<< HEAD\n${line('a')}`],
];

test('each bad lock gets its own error, with the place', async () => {
  const pages: string[] = [];
  for (const [name, content] of bad)
    pages.push(`${name}
  ${await messageOf(() => parseLock(content))}
`);
  await expect(pages.join('')).toMatchFileSnapshot('./bad-locks.txt');
});

test('1,000,000 entries are the most, and 64 MiB', async () => {
  const many = head + 'x\n'.repeat(1_000_001);
  expect(await messageOf(() => parseLock(many))).toMatchInlineSnapshot(
    `"E_LOCK_TOO_LARGE: 1,000,001 entries in data.lock — at most 1,000,000 entries and 64 MiB. Fix: lock folders instead of single files."`,
  );
  expect(await messageOf(() => parseLock(Buffer.alloc(64 * 1024 * 1024 + 1, 'x')))).toMatchInlineSnapshot(
    `"E_LOCK_TOO_LARGE: 67108865 bytes in data.lock — at most 1,000,000 entries and 64 MiB. Fix: lock folders instead of single files."`,
  );
});

test('100,000 lines are read in no time that grows with their square', () => {
  const keys = Array.from(
    { length: 100_000 },
    (_, index) => `d${String(index >> 6).padStart(5, '0')}/f${String(index).padStart(6, '0')}`,
  );
  const text = locked(...keys);
  const started = performance.now();
  expect(parseLock(text).entries).toHaveLength(100_000);
  expect(performance.now() - started).toBeLessThan(30_000);
});
