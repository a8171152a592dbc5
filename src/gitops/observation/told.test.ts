import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, makeRepository } from '../../../test/git-sandbox.ts';
import type { Workspace } from '../../workspace/index.ts';
import { type ToldStatus, toldOf } from './told.ts';

// Which statuses are about a promotion. `before` and `placed` and `after` are commits of a real branch.

let folder: string;
let workspace: Workspace;
const commits: Record<string, string> = {};
const names = ['first', 'before', 'placed', 'hold', 'after'] as const;
type Name = (typeof names)[number];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-told-'));
  workspace = await makeRepository(folder);
  for (const name of names) commits[name] = await commitFiles(workspace, { file: name });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const own = 'lockstep/staging/churn';
const wide = 'lockstep/staging';
type Said = readonly [on: Name, context: string, state: string, minute: number];

/** In the order in which they were set; the forge gives the newest first. */
async function told(said: readonly Said[], alone = true) {
  const asked: string[] = [];
  const found = await toldOf(
    workspace,
    { model: 'churn', environment: 'staging', placed: commits.placed!, tip: commits.after!, alone },
    async (commit) => {
      asked.push(names.find((name) => commits[name] === commit)!);
      return said
        .filter(([on]) => commits[on] === commit)
        .map(
          ([, context, state, minute]): ToldStatus => ({
            context,
            state,
            description: `${state} at ${minute}`,
            creator: 'flux',
            url: null,
            time: `2026-11-21T12:${String(minute).padStart(2, '0')}:00Z`,
          }),
        )
        .reverse();
    },
  );
  const what =
    found.kind === 'success' && found.by.kind === 'status'
      ? names.find((name) => 'commit' in found.by && commits[name] === found.by.commit)
      : found.kind === 'failure'
        ? found.reason
        : found.kind === 'open' && found.what;
  return { told: [found.kind, what], asked };
}

test.each<[string, readonly Said[], readonly [string, string]]>([
  ['nothing', [], ['open', 'no status lockstep/staging/churn or lockstep/staging yet']],
  ['a success where it was put', [['placed', wide, 'success', 1]], ['success', 'placed']],
  ['a success later: the folder is the same', [['after', wide, 'success', 1]], ['success', 'after']],
  [
    'a success before it was put there',
    [['before', wide, 'success', 1]],
    ['open', 'no status lockstep/staging/churn or lockstep/staging yet'],
  ],
  [
    'a failure before it was put there',
    [['before', own, 'failure', 1]],
    ['open', 'no status lockstep/staging/churn or lockstep/staging yet'],
  ],
  [
    'a failure of a later commit',
    [['after', own, 'failure', 1]],
    ['open', 'no status lockstep/staging/churn or lockstep/staging yet'],
  ],
  [
    'a failure where it was put',
    [['placed', own, 'failure', 1]],
    ['failure', `${own} says failure: failure at 1`],
  ],
  ['an error is one too', [['placed', wide, 'error', 1]], ['failure', `${wide} says error: error at 1`]],
  ['one that is under way', [['placed', own, 'pending', 1]], ['open', `${own} says pending: pending at 1`]],
  [
    'a failure that came after a success',
    [
      ['placed', own, 'success', 1],
      ['placed', own, 'failure', 2],
    ],
    ['failure', `${own} says failure: failure at 2`],
  ],
  [
    'a success that came after a failure',
    [
      ['placed', own, 'failure', 1],
      ['placed', own, 'success', 2],
    ],
    ['success', 'placed'],
  ],
  [
    'a later commit that mended it',
    [
      ['placed', own, 'failure', 1],
      ['hold', own, 'success', 2],
    ],
    ['success', 'hold'],
  ],
  [
    'a later commit that was well before it failed',
    [
      ['hold', own, 'success', 1],
      ['placed', own, 'failure', 2],
    ],
    ['failure', `${own} says failure: failure at 2`],
  ],
  [
    'the more special of two',
    [
      ['placed', wide, 'failure', 2],
      ['placed', own, 'success', 1],
    ],
    ['success', 'placed'],
  ],
  [
    'other names',
    [
      ['placed', 'lockstep/staging/fraud', 'failure', 1],
      ['placed', 'lockstep/verdict', 'failure', 1],
    ],
    ['open', 'no status lockstep/staging/churn or lockstep/staging yet'],
  ],
])('%s', async (_, said, expected) => {
  expect((await told(said)).told).toEqual(expected);
});

test("what all models share is no promotion's fault when it failed before", async () => {
  const failing: Said[] = [
    ['before', wide, 'failure', 1],
    ['placed', wide, 'failure', 2],
  ];
  expect((await told(failing, false)).told).toEqual([
    'open',
    `staging failed before this promotion already: ${wide} says failure: failure at 2`,
  ]);
  expect((await told(failing, true)).told[0]).toBe('failure');
  expect((await told([['first', wide, 'success', 0], failing[1]!], false)).told[0]).toBe('failure');
  expect(
    (
      await told(
        [
          ['before', own, 'failure', 1],
          ['placed', own, 'failure', 2],
        ],
        false,
      )
    ).told[0],
  ).toBe('failure');
});

test('a success where it was put costs one question', async () => {
  expect((await told([['placed', wide, 'success', 1]])).asked).toEqual(['placed']);
});
