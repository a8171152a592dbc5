import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pullData } from '../../src/data/index.ts';
import { git } from '../../src/workspace/index.ts';
import { commitFiles } from '../git-sandbox.ts';
import { makeForge } from './forge.ts';

/*
 * The jobs `fetch` and `propose` of the workflow refresh, with a source that changes: one branch, one issue, and after
 * the merge the next.
 */
test('refreshed data is one branch and one issue, until it is merged, and then the next', async () => {
  let content = 'id,late\n1,0\n';
  const server = createServer((request, response) =>
    request.headers.authorization === 'Bearer s3cr3t' ? response.end(content) : response.writeHead(403).end(),
  ).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  await using forge = await makeForge();
  const { project, github } = forge;
  const origin = join(project.folder, 'origin.git');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sources = `sources:\n  fresh/a.csv: {url: "${url}/a", bearer: DATA_TOKEN}\n  bad.csv: {command: exit 7}\n`;
  appendFileSync(join(project.root, 'lockstep.yaml'), sources);
  const onMain = async (files: Record<string, string>) => {
    await commitFiles(project, files);
    await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  };
  await onMain({});

  const job = async (id: number, mode: string, secrets?: object) => {
    const { root } = await forge.checkout('origin/main');
    const env = secrets === undefined ? {} : { LOCKSTEP_SOURCES: JSON.stringify(secrets) };
    const token: Record<string, string> = mode === 'propose' ? { token: 'token' } : {};
    return forge.step(id, 'refresh', { workspace: root, from: 'source', env, with: { mode, ...token } });
  };
  const night = async (id: number) => {
    const fetched = await job(id, 'fetch', { DATA_TOKEN: 's3cr3t' });
    // The source that fails makes the job red and stops nothing.
    expect([fetched.exit, fetched.errors.join()], fetched.log).toEqual([
      1,
      expect.stringMatching('ended with 7'),
    ]);
    if (fetched.outputs.changed !== 'true') return 'nothing';
    const proposed = await job(id, 'propose');
    expect(proposed.exit, proposed.log).toBe(0);
    return /data: refresh fresh\/a\.csv: (\w+);/.exec(proposed.log)?.[1] ?? proposed.log;
  };
  const show = (...args: string[]) => git(args, { cwd: origin });

  expect((await job(1, 'due')).outputs.due).toBe('true');
  const forged = await job(2, 'fetch', { NODE_OPTIONS: '--require=x' });
  expect([forged.exit, forged.errors.join()]).toEqual([1, expect.stringMatching('E_ACTION_INPUT')]);
  expect(await night(3)).toBe('pushed');
  const first = await show('rev-parse', 'refresh/data');
  expect((await show('diff', '--name-only', 'main', 'refresh/data')).split('\n')).toEqual([
    expect.stringMatching(/^\.data\/sha256\//),
    'data.lock',
    'data.sources.json',
  ]);
  expect(await show('log', '-1', '--format=%an|%B', 'refresh/data')).toMatch(
    /^github-actions\[bot\]\|data: refresh fresh\/a\.csv\n\ndata\/fresh\/a\.csv \(12 B\) sha256:[\s\S]*Made-by: lockstep data refresh/,
  );
  expect(github.state.issues.map(({ title, body }) => [title, body])).toEqual([
    [
      'data: refresh fresh/a.csv',
      expect.stringMatching(/compare\/refresh\/data\?expand=1[\s\S]*data\/fresh\/a\.csv/),
    ],
  ]);
  // Nobody has merged it yet; a day with the same data, and one with other.
  expect(await night(4)).toBe('there');
  expect(await show('rev-parse', 'refresh/data')).toBe(first);
  content = 'id,late,why\n1,0,x\n2,1,y\n';
  expect(await night(5)).toBe('pushed');
  await show('merge-base', '--is-ancestor', first, 'refresh/data');
  expect(github.state.issues).toHaveLength(1);
  const reviewer = await forge.checkout('origin/refresh/data');
  await pullData(reviewer, { only: ['fresh/a.csv'] });
  expect(readFileSync(join(reviewer.root, 'data/fresh/a.csv'), 'utf8')).toBe(content);

  // Squashed, so that main has the data and not the branch's commits.
  await git(['fetch', '--quiet', 'origin'], { cwd: project.root });
  await git(['checkout', '--quiet', 'origin/refresh/data', '--', '.'], { cwd: project.root });
  await onMain({ 'README.md': 'merged' });
  expect(await night(6)).toBe('nothing');
  content = 'id,late,why\n3,0,z\n';
  expect(await night(7)).toBe('pushed');
  expect((await show('diff', '--name-only', 'main...refresh/data')).split('\n')).toContain('data.lock');
  expect(await show('show', 'refresh/data:README.md')).toBe('merged');
  expect(github.state.issues.map(({ body }) => body.includes('columns new'))).toEqual([false]);

  // Somebody works on the branch: it is theirs.
  await git(['fetch', '--quiet', 'origin'], { cwd: project.root });
  await git(['switch', '--quiet', '--detach', 'origin/refresh/data'], { cwd: project.root });
  await commitFiles(project, { 'pipelines/toy/notes.md': 'mine' });
  await git(['push', '--quiet', 'origin', 'HEAD:refresh/data'], { cwd: project.root });
  const theirs = await show('rev-parse', 'refresh/data');
  content = 'id,late,why\n4,0,z\n';
  expect(await night(8)).toBe('theirs');
  expect(await show('rev-parse', 'refresh/data')).toBe(theirs);
}, 120_000);
