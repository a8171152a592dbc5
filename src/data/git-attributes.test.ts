import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { git, openWorkspace } from '../workspace/index.ts';
import { addData, pullData, pushData } from './index.ts';
import { testWorkspace, writeInto } from './test-workspace.ts';

test('Git carries an object with CRLF, NUL and no final newline unchanged', async () => {
  const attributes = readFileSync(new URL('../../.gitattributes', import.meta.url), 'utf8');
  expect(attributes.trimEnd().split('\n').at(-1)).toBe('/.data/** -text -diff');
  const odd = { 'data/crlf.csv': 'a,b\r\n1,2\r\nlast', 'data/nul.bin': 'x\0y\r\n\0' };
  const { root } = testWorkspace({
    ...odd,
    '.gitattributes': attributes,
    '.gitignore': '/data/\n/.lockstep/\n',
  });
  const workspace = openWorkspace(root);
  for (const path of Object.keys(odd)) await addData(workspace, join(root, path));
  await pushData(workspace);
  writeInto(root, 'README.md', 'text\r\n');
  const settings = ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'core.autocrlf=true'];
  await git(['init', '-q'], { cwd: root });
  await git(['add', '.'], { cwd: root });
  await git([...settings, 'commit', '-q', '-m', 'data'], { cwd: root });

  const folder = mkdtempSync(join(tmpdir(), 'lockstep-clone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clone = join(folder, 'clone');
  await git(['-c', 'core.autocrlf=true', 'clone', '-q', root, clone], { cwd: folder });
  await pullData(openWorkspace(clone));
  for (const [path, content] of Object.entries(odd))
    expect(readFileSync(join(clone, path), 'utf8')).toBe(content);
});
