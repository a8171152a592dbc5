import { expect, test } from 'vitest';
import type { FileState, Tree } from './decision.ts';
import { planUpgrade } from './plan.ts';

/** `src/a.ts: base yours release`, a letter for each content, `-` for no file, `x` behind it for an executable. */
function plan(...rows: string[]): string[] {
  const trees: Record<'base' | 'yours' | 'release', Map<string, FileState>> = {
    base: new Map(),
    yours: new Map(),
    release: new Map(),
  };
  for (const row of rows) {
    const [path, sides] = row.split(': ') as [string, string];
    for (const [index, side] of sides.split(' ').entries()) {
      const name = (['base', 'yours', 'release'] as const)[index]!;
      const mode = side.endsWith('x') ? '100755' : side.endsWith('@') ? '120000' : '100644';
      if (side !== '-') trees[name].set(path, { mode, oid: side[0]! });
    }
  }
  return planUpgrade({ ...(trees as Record<keyof typeof trees, Tree>), moved: new Map() }).map((decision) => {
    const state =
      'release' in decision && decision.release && decision.kind !== 'conflict' ? decision.release : null;
    const content = state ? ` ${state.oid}${state.mode === '100755' ? 'x' : ''}` : '';
    return `${decision.kind} ${decision.path}${content}${decision.kind === 'conflict' ? `: ${decision.why}` : ''}`;
  });
}

test.each([
  ['nobody changed it', 'a: 1 1 1', []],
  ['the release changed it', 'a: 1 1 2', ['replace a 2']],
  ['you changed it', 'a: 1 2 1', ['keep a']],
  ['both did, alike', 'a: 1 2 2', []],
  ['both did', 'a: 1 2 3', ['merge a 3']],
  ['the release added it', 'a: - - 1', ['add a 1']],
  ['both added it, alike', 'a: - 1 1', []],
  ['both added it', 'a: - 1 2', ['conflict a: you and the release added it']],
  ['the release removed it', 'a: 1 1 -', ['remove a']],
  [
    'the release removed what you changed',
    'a: 1 2 -',
    ['conflict a: you changed it, the release removed it'],
  ],
  ['you removed it', 'a: 1 - 1', []],
  ['you removed what the release changed', 'a: 1 - 2', ['leave-out a']],
  ['both removed it', 'a: 1 - -', []],
  ['it is yours alone', 'a: - 1 -', []],
  ['the release made it executable, you changed it', 'a: 1 2 1x', ['replace a 2x']],
  ['you made it executable, the release changed it', 'a: 1 1x 2', ['replace a 2x']],
  ['you made it a link', 'a: 1 2@ 3', ['conflict a: you and the release changed a file that is no text']],
] as const)('%s', (_, row, decisions) => {
  expect(plan(row)).toEqual(decisions);
});

test('what a team fills is never touched', () => {
  const paths = [
    'pipelines/x/pipeline.yaml',
    'models/x/model.yaml',
    '.data/sha256/00/1',
    'data.lock',
    'lockstep.yaml',
    'README.md',
  ];
  expect(plan(...paths.flatMap((path) => [`${path}: 1 2 3`, `${path}.new: - - 1`]))).toEqual([
    'add README.md.new 1',
    'add data.lock.new 1',
    'add lockstep.yaml.new 1',
  ]);
});

test('a folder that you removed stays away; one that you keep part of gets what is new', () => {
  expect(plan('bench/a: 1 - 1', 'bench/b: - - 1', 'docs/a: 1 - 1', 'docs/b: 1 1 1', 'docs/c: - - 1')).toEqual(
    ['leave-out bench/b', 'add docs/c 1'],
  );
});

test('a file of yours where the release wants a folder, and the other way round', () => {
  const why = 'the release adds it where you have something else';
  expect(plan('tools: - 1 -', 'tools/a: - - 1')).toEqual([`conflict tools/a: ${why}`]);
  expect(plan('tools/a: - 1 -', 'tools: - - 1')).toEqual([`conflict tools: ${why}`]);
  expect(plan('tools: 1 1 -', 'tools/a: - - 1')).toEqual(['remove tools', 'add tools/a 1']);
});

test('bundles that the release leaves as they were are not touched, whoever built yours', () => {
  expect(plan('actions/dist/a.js: 1 2 1', 'actions/dist/b.js: - 1 -', 'src/a.ts: 1 1 2')).toEqual([
    'replace src/a.ts 2',
  ]);
});

test('the bundles are one thing: all of them are the release’s, also those that you built', () => {
  expect(
    plan(
      'actions/dist/a.js: 1 2 3',
      'actions/dist/b.js: 1 1 2',
      'actions/dist/c.js: 1 2 1',
      'actions/dist/d.js: 1 2 -',
      'actions/dist/e.js: - - 1',
      'actions/dist/f.js: - 1 -',
    ),
  ).toEqual([
    'rebuild actions/dist/a.js 3',
    'replace actions/dist/b.js 2',
    'rebuild actions/dist/c.js 1',
    'remove actions/dist/d.js',
    'add actions/dist/e.js 1',
  ]);
});

test('a new test is left out where all tests were removed, whatever is left of its folder', () => {
  const tests = ['src/a.ts: 1 1 1', 'test/a.ts: 1 - 1', 'src/new.test.ts: - - 1', 'src/new.ts: - - 1'];
  expect(plan(...tests)).toEqual(['leave-out src/new.test.ts', 'add src/new.ts 1']);
  expect(plan('test/b.ts: 1 1 1', ...tests)).toContain('add src/new.test.ts 1');
});
