import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, hexOf, openWorkspace, statePath } from '../workspace/index.ts';
import { noteIn, notesOf } from './stage-notes.ts';

test('notes are the lines that say so, from the logs of all stages, each once; a log may be gone', () => {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-notes-'));
  mkdirSync(join(root, 'pipelines'));
  const workspace = openWorkspace(root);
  const logs = {
    split: 'note: 2 rows left out\nsplit: 8 rows\n',
    train: 'note: k: constant\nnote: 2 rows left out',
  };
  mkdirSync(statePath(workspace, 'runs', 'stages'), { recursive: true });
  for (const [name, text] of Object.entries(logs))
    writeFileSync(statePath(workspace, 'runs', 'stages', `${hexOf(digestOf(name))}.log`), text);
  const stages = ['split', 'train', 'gone'].map((name) => ({
    name,
    fingerprint: digestOf(name),
    inputs: {},
    params: {},
    outputs: {},
    seconds: 1,
    metrics: {},
  }));
  expect(notesOf(workspace, { stages } as never)).toEqual(['2 rows left out', 'k: constant']);
  expect(noteIn('a note: inside a line')).toBeNull();
});
