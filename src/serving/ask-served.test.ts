import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverFile, startServer, toyFolder, toyGolden } from '../../test/toy-server.ts';
import { exitOf, spawnOwn } from '../workspace/index.ts';
import { readSettings } from './server-settings.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(toyFolder());
});
afterAll(() => server.stop());

/** As the Job of a cluster does it: the same program, on the folder that the image of its version has. */
async function ask(folder: string, url: string, within: number) {
  const args = ['--models', folder, '--ask', url, '--within', String(within)];
  const child = spawnOwn(serverFile, args, { stdout: 'pipe', stderr: 'pipe' });
  const [out, exit] = await Promise.all([text(child.stdout!), exitOf(child)]);
  return { answer: JSON.parse(out), code: exit.code };
}

const [first, ...others] = toyGolden.requests;
const wrong = { ...toyGolden, requests: [{ ...first!, score: first!.score + 1e-3 }, ...others] };

test('the version that was asked for answers as it was judged', async () => {
  const { answer, code } = await ask(toyFolder(), server.url, 20);
  const right = { model: 'toy', version: 'v1.0.0', url: server.url, right: true };
  expect(answer).toEqual({ ...right, asked: 3, equal: 3, otherwise: 0 });
  expect(code).toBe(0);
});

test('a wrong answer of this version is not asked again', async () => {
  const started = performance.now();
  const { answer, code } = await ask(toyFolder({ golden: wrong }), server.url, 60);
  expect(answer).toMatchObject({ right: false, asked: 3, equal: 2, otherwise: 1 });
  expect(answer.firstDifference).toMatch(/^golden request 0: answered /);
  expect(code).toBe(1);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test('another version is given its time to leave, and then it is the answer', async () => {
  const folder = toyFolder();
  const file = join(folder, 'metadata.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('v1.0.0', 'v2.0.0'));
  const { answer, code } = await ask(folder, server.url, 1.5);
  expect(answer).toMatchObject({ version: 'v2.0.0', right: false, equal: 0, otherwise: 0 });
  expect(answer.firstDifference).toBe('golden request 0: answered by v1.0.0');
  expect(code).toBe(1);
});

test('what is asked for is checked first', () => {
  const settings = (...args: string[]) => readSettings(args, { LOCKSTEP_MODEL_DIR: '/models/toy' });
  expect(settings('--ask', 'http://toy')).toEqual({
    kind: 'ask',
    models: '/models/toy',
    url: 'http://toy',
    within: 240,
  });
  expect(() => settings('--ask', 'toy:80')).toThrow(/the address "toy:80"/);
  expect(() => settings('--ask', 'http://toy', '--within', 'soon')).toThrow(/soon seconds/);
});
