import { expect, test } from 'vitest';
import { type GitSandbox, makeSandbox, messageOf } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import { git, type Workspace } from '../../workspace/index.ts';
import {
  answerRequest,
  historyOf,
  openRequests,
  promote,
  readTagState,
  verifyEnvironments,
} from '../index.ts';

const branch = 'refs/heads/environments';
const now = () => new Date();

/** A person's tag, pushed as a person pushes it. */
async function ask({ root }: Workspace, tag: string, at: string, annotated = true): Promise<void> {
  await git(['tag', ...(annotated ? ['-a', '-m', 'please'] : []), tag, `${at}^{commit}`], { cwd: root });
  await git(['push', '--quiet', 'origin', `refs/tags/${tag}`], { cwd: root });
}

async function withVersions(
  work: (workspace: Workspace, sandbox: GitSandbox) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  await work(workspace, sandbox);
}

test('a pushed tag is a request: the commit names it, no second tag is made, and again nothing is written', () =>
  withVersions(async (workspace, { origin }) => {
    await ask(workspace, 'churn#dev#1', 'churn@v1.0.0');
    const open = await openRequests(workspace, ['churn'], now());
    expect(open.map(({ tag, version, environment }) => [tag, version, environment])).toEqual([
      ['churn#dev#1', 'v1.0.0', 'dev'],
    ]);
    const request = open[0]!;
    expect(await promote(workspace, request)).toMatchObject({ outcome: 'written', tag: 'churn#dev#1' });
    expect(await git(['tag', '-l', 'churn#*'], { cwd: origin })).toBe('churn#dev#1');
    expect(
      await git(['log', '-1', '--format=%(trailers:key=Lockstep-Tag,valueonly)', branch], { cwd: origin }),
    ).toBe('churn#dev#1\n');
    expect((await readTagState(workspace, 'churn#dev#1')).kind).toBe('written');
    expect(await openRequests(workspace, ['churn'], now())).toEqual([]);
    expect(await promote(workspace, request)).toMatchObject({ outcome: 'already', commit: null });
    expect((await verifyEnvironments(workspace)).findings).toEqual([]);
  }));

test('a refused tag is answered by an unassign tag, once, and never deleted', () =>
  withVersions(async (workspace, { origin }) => {
    await ask(workspace, 'churn#staging#1', 'churn@v1.0.0');
    const state = await readTagState(workspace, 'churn#staging#1');
    expect(state.kind).toBe('open');
    const answer = await answerRequest(workspace, state.request, 'E_PROMOTE_ORDER: dev first\n::error::x');
    expect(answer).toBe('churn#staging!#2');
    expect(await answerRequest(workspace, state.request, 'again')).toBe(answer);
    expect(await readTagState(workspace, 'churn#staging#1')).toMatchObject({ kind: 'refused', answer });
    expect((await git(['tag', '-l', 'churn#*'], { cwd: origin })).split('\n')).toEqual([
      'churn#staging!#2',
      'churn#staging#1',
    ]);
    expect(await git(['tag', '-l', '--format=%(contents:subject)', answer], { cwd: origin })).toBe(
      'refuses churn#staging#1: E_PROMOTE_ORDER: dev first\\u000a::error::x',
    );
    expect((await historyOf(workspace, 'churn')).filter(({ event }) => event === 'refusal')).toHaveLength(1);
  }));

test('a request that a later one has overtaken does not go back', () =>
  withVersions(async (workspace) => {
    await ask(workspace, 'churn#dev#1', 'churn@v1.0.0');
    await ask(workspace, 'churn#dev#2', 'churn@v1.1.0');
    await promote(workspace, (await readTagState(workspace, 'churn#dev#2')).request);
    expect(await readTagState(workspace, 'churn#dev#1')).toMatchObject({
      kind: 'overtaken',
      by: 'churn#dev#2',
    });
    expect(await openRequests(workspace, ['churn'], now())).toEqual([]);
  }));

test('a request of a month ago is history', () =>
  withVersions(async (workspace) => {
    await ask(workspace, 'churn#dev#1', 'churn@v1.0.0');
    expect(await openRequests(workspace, ['churn'], new Date(Date.now() + 31 * 86_400_000))).toEqual([]);
  }));

test('what is no request is told apart', () =>
  withVersions(async (workspace) => {
    await ask(workspace, 'churn#dev#1', 'churn@v1.0.0', false);
    await git(['commit', '--quiet', '--allow-empty', '-m', 'later'], { cwd: workspace.root });
    await ask(workspace, 'churn#dev#2', 'HEAD');
    const tags = [
      'churn#dev#1',
      'churn#dev#2',
      'churn#moon#3',
      'churn@v1.0.0',
      'churn#dev#9',
      '$(id)\n::set-env',
    ];
    const said = [];
    for (const tag of tags) said.push(await messageOf(readTagState(workspace, tag)));
    expect(said.map((line) => line.split(' — ')[0])).toMatchInlineSnapshot(`
      [
        "E_TAG_LIGHTWEIGHT: churn#dev#1 is a lightweight tag, which says neither who nor why",
        "E_VERSION_UNKNOWN: churn#dev#2 is at commit <hex>, where no version of churn is registered",
        "E_ENV_UNKNOWN: no environment "moon"",
        "E_TAG_REQUEST: the tag "churn@v1.0.0" asks for no promotion",
        "E_TAG_REQUEST: there is no tag "churn#dev#9"",
        "E_TAG_REQUEST: the tag "$(id)\\u000a::set-env" asks for no promotion",
      ]
    `);
  }));
