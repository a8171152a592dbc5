import { gzipSync } from 'node:zlib';
import { packTar, type TarHeader } from 'modern-tar';
import { expect, test } from 'vitest';
import { readArchive, unzip } from './archive.ts';

const entry = (name: string, type: TarHeader['type'] = 'file', linkname = '') => ({
  header: { name, type, linkname, size: 0 } as TarHeader,
});

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: Error) => error.message,
  );

test.each([
  ['traversal', [entry('../evil')]],
  ['traversal inside', [entry('app/../../evil')]],
  ['backslash', [entry('app\\evil')]],
  ['absolute', [entry('/etc/passwd')]],
  ['drive', [entry('C:/evil')]],
  ['symlink', [entry('app', 'symlink', '/etc'), entry('app/passwd')]],
  ['hard link', [entry('x', 'link', '/etc/passwd')]],
  ['device', [entry('x', 'character-device')]],
  ['fifo', [entry('x', 'fifo')]],
  ['twice', [entry('x'), entry('x')]],
  ['case twins', [entry('Model.onnx'), entry('model.onnx')]],
  ['empty step', [entry('app//x')]],
])('a tar with an entry that is hostile: %s', async (_name, entries) => {
  const tar = await packTar(entries);
  expect(await refusal(readArchive(tar, 'layer.tar'))).toMatchSnapshot();
});

test('a tar cut short is refused', async () => {
  const tar = await packTar([{ header: { name: 'x', size: 2000 }, body: new Uint8Array(2000) }]);
  expect(await refusal(readArchive(tar.subarray(0, 1200), 'layer.tar'))).toMatchInlineSnapshot(
    `"E_ARCHIVE_FORMAT: no whole tar (Tar archive is truncated.) in layer.tar — a ustar archive."`,
  );
});

test('a bomb is stopped before it is unpacked, and bytes that are no gzip are named so', async () => {
  const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024));
  expect(await refusal((async () => unzip(bomb, 'layer'))())).toMatchInlineSnapshot(
    `"E_ARCHIVE_BOMB: 407697 bytes that unpack to far more in layer — a gzipped tar of at most 107878564 bytes."`,
  );
  expect(await refusal((async () => unzip(Buffer.from('<html>'), 'layer'))())).toMatchInlineSnapshot(
    `"E_ARCHIVE_FORMAT: bytes that are not gzip in layer — a gzipped tar of at most 67109464 bytes."`,
  );
});
