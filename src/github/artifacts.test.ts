import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import { rawZip } from '../../test/fakes/zip.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import {
  candidateArtifacts,
  downloadArtifact,
  downloadCandidate,
  findArtifact,
  type GitHub,
  openGitHub,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-artifacts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (fake: FakeGitHub): Promise<GitHub> =>
  openGitHub('token', { repository: { owner: 'acme', name: 'models' }, apiUrl: fake.url });

function leave(fake: FakeGitHub, id: number, name: string, content: string | Buffer, expired = false): void {
  const zip = rawZip([{ name: 'candidate.json', content, deflate: true }]);
  const digest = `sha256:${createHash('sha256').update(zip).digest('hex')}`;
  fake.state.artifacts.push({ id, run: 5, name, digest, expired, zip });
}

test('of a run that was started again the newer ones count; what has expired is none', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  for (const id of [2, 3, 1]) leave(fake, id, 'lockstep-candidate-churn', `${id}`);
  leave(fake, 4, 'lockstep-candidate-fraud', '4', true);
  leave(fake, 5, 'logs', '5');
  const found = await candidateArtifacts(github, { id: 5 });
  expect(found.map(({ id, model }) => [id, model])).toEqual([[3, 'churn']]);
  expect(await findArtifact(github, { id: 5 }, 'logs')).toMatchObject({ id: 5, name: 'logs' });
  expect(await findArtifact(github, { id: 5 }, 'lockstep-candidate-fraud')).toBeNull();
  expect(await candidateArtifacts(github, { id: 6 })).toEqual([]);
});

test('a thousand candidates are looked at, more are not', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  for (let id = 1; id <= 1_000; id++) leave(fake, id, `lockstep-candidate-m${id}`, '');
  expect(await candidateArtifacts(github, { id: 5 })).toHaveLength(1_000);
  leave(fake, 1_001, 'lockstep-candidate-m1001', '');
  expect(await messageOf(candidateArtifacts(github, { id: 5 }))).toMatch(
    /^E_HANDOVER_SHAPE: 1001 candidates — at most 1000/,
  );
});

test('storage that stumbles is asked again, for an address that is still good', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  leave(fake, 1, 'lockstep-candidate-churn', 'words');
  const [artifact] = await candidateArtifacts(github, { id: 5 });
  fake.fault = (operation, count) => (operation === 'GET storage' && count === 1 ? { status: 503 } : null);
  const target = join(folder, 'stumbled');
  await downloadCandidate(github, artifact!, target);
  expect(readFileSync(join(target, 'candidate.json'), 'utf8')).toBe('words');
  fake.fault = (operation) => (operation === 'GET storage' ? { status: 404 } : null);
  expect(await messageOf(downloadCandidate(github, artifact!, join(folder, 'gone')))).toMatch(
    /^E_GITHUB_FAILED: the artifact lockstep-candidate-churn can't be downloaded/,
  );
  fake.state.artifacts.length = 0;
  expect(await messageOf(downloadCandidate(github, artifact!, join(folder, 'gone')))).toMatch(
    /^E_GITHUB_MISSING: /,
  );
  expect(existsSync(join(folder, 'gone'))).toBe(false);
});

test('neither what says it is too large nor what turns out to be is taken', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  const noise = Buffer.from(
    Array.from({ length: 40_000 }, (_, at) => createHash('sha256').update(`${at}`).digest('base64')).join(''),
  );
  leave(fake, 1, 'lockstep-candidate-churn', noise);
  const [artifact] = await candidateArtifacts(github, { id: 5 });
  const target = join(folder, 'large');
  const before = github.requests;
  expect(await messageOf(downloadCandidate(github, { ...artifact!, size: 2 * 1024 ** 3 }, target))).toMatch(
    /^E_HANDOVER_TOO_LARGE: /,
  );
  expect(github.requests).toBe(before);
  const lying = { ...artifact!, size: 10 };
  expect(await messageOf(downloadArtifact(github, lying, target, { 'candidate.json': 1000 }))).toMatch(
    /^E_HANDOVER_TOO_LARGE: /,
  );
  expect(existsSync(target)).toBe(false);
});
