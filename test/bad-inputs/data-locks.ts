import { symlinkSync } from 'node:fs';
import type { ErrorCode } from '../../src/workspace/index.ts';
import { type BadInput, inFile } from './bad-input.ts';

const hex = 'a'.repeat(64);
const head = 'version: 1\ndatasets:\n';
const line = (key: string, rest = '') => `  ${key}: {digest: "sha256:${hex}", size: 10${rest}}\n`;
const locked = (...keys: string[]) => head + keys.map((key) => line(key)).join('');

const contents: readonly (readonly [string, ErrorCode, string | Uint8Array])[] = [
  ['an empty file', 'E_LOCK_EMPTY', ''],
  ['a byte order mark', 'E_LOCK_ENCODING', `\ufeff${locked('a')}`],
  ['a byte that is no UTF-8', 'E_LOCK_ENCODING', Buffer.concat([Buffer.from(head), Buffer.from([0xff, 10])])],
  ['CRLF', 'E_LOCK_NONCANONICAL', locked('a').replaceAll('\n', '\r\n')],
  ['a path twice', 'E_LOCK_DUPLICATE', locked('a', 'a')],
  ['paths that differ in case', 'E_LOCK_CASE_COLLISION', locked('Train.csv', 'train.csv')],
  ['paths that look alike', 'E_LOCK_UNICODE_COLLISION', locked('"e\u0301.csv"', '"\u00e9.csv"')],
  ['a path that leads out', 'E_PATH_TRAVERSAL', locked('../../etc/cron.d/x')],
  ['an absolute path', 'E_PATH_ABSOLUTE', locked('/etc/passwd')],
  ['a double slash', 'E_LOCK_NONCANONICAL', locked('a//b')],
  ['a leading dot', 'E_LOCK_NONCANONICAL', locked('./a')],
  ['a folder without files', 'E_LOCK_NONCANONICAL', locked('a/')],
  ['a file with files', 'E_LOCK_NONCANONICAL', head + line('a', ', files: 2')],
  ['unsorted paths', 'E_LOCK_NONCANONICAL', locked('b', 'a')],
  ['a comment', 'E_LOCK_NONCANONICAL', `${head}# note\n${line('a')}`],
  ["Git's own folder", 'E_PATH_RESERVED', locked('.git/config')],
  ['a workflow', 'E_PATH_RESERVED', locked('.github/workflows/x.yml')],
  ['a package', 'E_PATH_RESERVED', locked('node_modules/x')],
  ['NUL', 'E_PATH_CONTROL', locked('"a\\u0000b"')],
  ['a newline', 'E_PATH_CONTROL', locked('"a\\nb"')],
  ['an escape sequence', 'E_PATH_CONTROL', locked('"a\\u001b[2Jb"')],
  ['text from right to left', 'E_PATH_CONTROL', locked('"a\u202eb"')],
  ['a path of 4,097 bytes', 'E_PATH_LENGTH', locked(`${'a/'.repeat(2048)}a`)],
  ['a name of 256 bytes', 'E_PATH_LENGTH', locked('a'.repeat(256))],
  ['63 digits', 'E_DIGEST_FORMAT', locked('a').replace('a"', '"')],
  ['upper-case digits', 'E_DIGEST_FORMAT', locked('a').replace(hex, 'A'.repeat(64))],
  ['sha1', 'E_DIGEST_FORMAT', locked('a').replace('sha256', 'sha1')],
  ['md5', 'E_DIGEST_FORMAT', locked('a').replace(`sha256:${hex}`, `md5:${'a'.repeat(32)}`)],
  ['more than a million datasets', 'E_LOCK_TOO_LARGE', head + 'x\n'.repeat(1_000_001)],
  ['what a merge left behind', 'E_LOCK_NONCANONICAL', `${head}<<<<<<< HEAD\n${line('a')}=======\n`],
];

export const dataLocks: readonly BadInput[] = [
  {
    name: 'no data.lock',
    given: (repository) => repository.remove('data.lock'),
    command: ['data', 'pull'],
    code: 'E_LOCK_MISSING',
  },
  {
    name: 'no data.lock, to run',
    given: (repository) => repository.remove('data.lock'),
    command: ['run', 'toy'],
    code: 'E_LOCK_MISSING',
  },
  ...inFile('data.lock', ['data', 'status'], contents),
  {
    name: 'a bad lock, to run',
    given: (repository) => repository.write('data.lock', locked('../x')),
    command: ['run', 'toy'],
    code: 'E_PATH_TRAVERSAL',
  },
  {
    name: 'a dataset nobody locked',
    command: ['data', 'pull', 'toy/row.csv'],
    code: 'E_DATA_MISSING',
  },
  { name: 'a file that is not there', command: ['data', 'add', 'data/gone.csv'], code: 'E_DATA_MISSING' },
  {
    name: 'a link out of the repository',
    given: (repository) => symlinkSync('/etc/passwd', repository.path('data/passwd')),
    command: ['data', 'add', 'data/passwd'],
    code: 'E_DATA_KIND',
  },
  {
    name: "a name of Git's",
    given: (repository) => repository.write('x.csv', 'a\n1\n'),
    command: ['data', 'add', 'x.csv', '--as', '.git/hooks/post-checkout'],
    code: 'E_PATH_RESERVED',
  },
  {
    name: 'a name that leads out',
    given: (repository) => repository.write('x.csv', 'a\n1\n'),
    command: ['data', 'add', 'x.csv', '--as', '../../x.csv'],
    code: 'E_PATH_TRAVERSAL',
  },
  {
    name: 'own changes in the way',
    given: (repository) => repository.write('data/toy/rows.csv', 'my,own\n1,2\n'),
    command: ['data', 'pull'],
    code: 'E_DATA_CHANGED',
  },
];
