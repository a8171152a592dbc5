import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquireLock, exitOf, git } from '../src/workspace/index.ts';
import { runCli, startCli } from './bad-inputs/command-line.ts';
import {
  brokenFilesIn,
  done,
  killedAfter,
  makeTemplates,
  orphansIn,
  type Project,
  type Templates,
} from './crash/project.ts';

// kill -9 at moments spread over each command: the same command, run again, finishes with the same result. The
// effects of a promotion, one by one, are killed in src/gitops/crash.slow.test.ts.

const moments = Array.from({ length: 8 }, (_, index) => (index + 0.5) / 8);
const slots = pLimit(2);

interface RunJson {
  readonly modelDigest: string;
  readonly verdict: string;
  readonly run: string;
}
interface RegisterJson {
  readonly version: string;
  readonly modelDigest: string;
  readonly image: string;
}

let templates: Templates;
let expected: { run: RunJson; image: string };
const seconds: Record<string, number> = {};
const kills: string[] = [];

beforeAll(async () => {
  templates = await makeTemplates();
  const project = templates.copy(templates.fresh, 'reference');
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work;
    seconds[name] = (performance.now() - started) / 1000;
    return result;
  };
  const run = await timed('run', done<RunJson>(project, 'run', 'toy'));
  const register = templates.copy(templates.trained, 'reference-register');
  const { image } = await timed('register', done<RegisterJson>(register, 'register', 'toy'));
  const promote = templates.copy(templates.registered, 'reference-promote');
  await timed('promote', done(promote, 'promote', 'toy', 'v1.0.0', '--to', 'dev', '--observe', '0'));
  expected = { run, image };
}, 120_000);
afterAll(() => templates[Symbol.asyncDispose]());

const tagsOf = async ({ origin }: Project): Promise<string[]> =>
  (await git(['tag', '--list'], { cwd: origin })).split('\n').filter(Boolean);

/** Kills, looks for what is left, and runs the same command again. */
async function again<T>(
  name: string,
  template: (all: Templates) => Project,
  share: number,
  args: readonly string[],
): Promise<{ project: Project; result: T }> {
  const project = templates.copy(template(templates), `${name}-${share}`);
  if (await killedAfter(project, args, seconds[name]! * 1000 * share)) kills.push(`${name} at ${share}`);
  expect(await orphansIn(project)).toEqual([]);
  const result = await done<T>(project, ...args);
  expect(brokenFilesIn(project)).toEqual([]);
  expect(await git(['status', '--porcelain'], { cwd: project.root })).toBe('');
  return { project, result };
}

describe('killed at any moment, the same command finishes:', { timeout: 120_000 }, () => {
  test.concurrent.each(moments)('run at %f', (share) =>
    slots(async () => {
      const { project, result } = await again<RunJson>('run', ({ fresh }) => fresh, share, ['run', 'toy']);
      const { modelDigest, verdict, run } = expected.run;
      expect(result).toMatchObject({ modelDigest, verdict, run });
      expect(await done(project, 'run', 'toy')).toMatchObject({ cached: true, modelDigest });
    }),
  );

  test.concurrent.each(moments)('register at %f', (share) =>
    slots(async () => {
      const { project, result } = await again<RegisterJson>('register', ({ trained }) => trained, share, [
        'register',
        'toy',
      ]);
      expect(result).toMatchObject({
        version: 'v1.0.0',
        modelDigest: expected.run.modelDigest,
        image: expected.image,
      });
      expect(await tagsOf(project)).toEqual(['toy@v1.0.0']);
      expect(await done(project, 'register', 'toy')).toMatchObject({
        outcome: 'unchanged',
        version: 'v1.0.0',
      });
    }),
  );

  test.concurrent.each(moments)('promote at %f', (share) =>
    slots(async () => {
      const args = ['promote', 'toy', 'v1.0.0', '--to', 'dev', '--observe', '0'];
      const { project } = await again('promote', ({ registered }) => registered, share, args);
      expect(await tagsOf(project)).toEqual(['toy#dev#1', 'toy@v1.0.0']);
      expect(await git(['log', '--format=%s', 'environments'], { cwd: project.origin })).toBe(
        'toy: v1.0.0 to dev',
      );
      expect(await done(project, 'verify')).toMatchObject({ folders: 1, findings: [] });
    }),
  );
});

test('most of them were killed before they were done', () => {
  expect(kills.length).toBeGreaterThan((3 * moments.length) / 2);
});

describe('side by side', { timeout: 120_000 }, () => {
  test('Ctrl-C in the middle of a run leaves no process behind, and the next run finishes', async () => {
    const project = templates.copy(templates.fresh, 'ctrl-c');
    const child = startCli(project.root, ['run', 'toy']);
    const ended = exitOf(child);
    child.stdout.resume();
    child.stderr.once('data', () => setTimeout(() => child.kill('SIGINT'), 200));
    const { code, signal } = await ended;
    expect(code !== 0 || signal !== null).toBe(true);
    expect(await orphansIn(project)).toEqual([]);
    expect(await done(project, 'run', 'toy')).toMatchObject({ modelDigest: expected.run.modelDigest });
  });

  test('two runs at once both finish, and train once', async () => {
    const project = templates.copy(templates.fresh, 'two-runs');
    const both = await Promise.all([1, 2].map(() => runCli(project.root, ['run', 'toy', '--json'])));
    expect(both.map(({ exit }) => exit)).toEqual([0, 0]);
    for (const { stdout } of both)
      expect(JSON.parse(stdout)).toMatchObject({ modelDigest: expected.run.modelDigest });
    const trained = both.flatMap(({ stderr }) => stderr.match(/^train: done in/gm) ?? []);
    expect(trained).toHaveLength(1);
  });

  test('two registrations at once give one version', async () => {
    const project = templates.copy(templates.trained, 'two-registrations');
    const both = await Promise.all([1, 2].map(() => runCli(project.root, ['register', 'toy', '--json'])));
    expect(both.map(({ exit, stderr }) => [exit, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    for (const { stdout } of both) expect(JSON.parse(stdout)).toMatchObject({ version: 'v1.0.0' });
    expect(await tagsOf(project)).toEqual(['toy@v1.0.0']);
  });

  test('a demo beside a running one is refused, and touches nothing of it', async () => {
    const project = templates.copy(templates.fresh, 'two-demos');
    mkdirSync(join(project.root, 'pipelines/flight-delay'), { recursive: true });
    const release = await acquireLock(join(project.root, '.lockstep/demo.lock'), { what: 'npm start' });
    const { exit, stderr } = await runCli(project.root, ['start', '--once']);
    release();
    expect(exit).toBe(1);
    expect(stderr).toMatch(
      /^E_BUSY: npm start waits for process \d+ on \S+ \(npm start, since [^)]+\) in .*demo\.lock\. Fix: let it finish, or stop it\.\n$/,
    );
    expect(existsSync(join(project.root, '.lockstep/demo'))).toBe(false);
  });
});
