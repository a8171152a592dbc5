import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  candidateArtifacts,
  downloadCandidate,
  type GitHub,
  openGitHub,
  readContext,
} from '../../src/github/index.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { type FakeGitHub, startGitHub } from '../fakes/github/server.ts';
import { type RawEntry, rawZip } from '../fakes/zip.ts';
import { toyModel } from '../toy-model.ts';
import { makeForge } from './forge.ts';

/*
 * What a pull request's run hands over is made by the pull request's own code. Thirty ways to abuse that, each refused
 * by name before anything of it lies outside the temporary folder (P19).
 */
const good: readonly RawEntry[] = [
  { name: 'candidate.json', content: '{}' },
  { name: 'record.json', content: '{}' },
  { name: 'model.onnx', content: Buffer.from(toyModel({ bias: 0 })) },
];
const also = (...entries: readonly RawEntry[]): Buffer => rawZip([...good, ...entries]);
const instead = (over: Partial<RawEntry>): Buffer => rawZip([{ ...good[0]!, ...over }, ...good.slice(1)]);
const cut = (bytes: Buffer, end: number): Buffer => bytes.subarray(0, end);

/** What the archive is, the archive, and the code it is refused with. */
const poisons: readonly (readonly [string, Buffer, string])[] = [
  ['a path that climbs', also({ name: '../canary' }), 'E_ARCHIVE_TRAVERSAL'],
  ['a path that climbs later', also({ name: 'a/../../canary' }), 'E_ARCHIVE_TRAVERSAL'],
  ['a path that climbs as on Windows', also({ name: '..\\canary' }), 'E_ARCHIVE_TRAVERSAL'],
  ['an absolute path', also({ name: '/tmp/canary' }), 'E_ARCHIVE_ABSOLUTE'],
  ['an absolute path of Windows', also({ name: 'C:\\canary' }), 'E_ARCHIVE_ABSOLUTE'],
  ['a path to another machine', also({ name: '\\\\host\\canary' }), 'E_ARCHIVE_ABSOLUTE'],
  ['a link', also({ name: 'canary', content: '/etc/passwd', mode: 0o120777 }), 'E_ARCHIVE_LINK'],
  ['a link instead of a file', instead({ content: '/etc/passwd', mode: 0o120777 }), 'E_ARCHIVE_LINK'],
  ['a character device', also({ name: 'canary', mode: 0o020666 }), 'E_ARCHIVE_DEVICE'],
  ['a block device', also({ name: 'canary', mode: 0o060666 }), 'E_ARCHIVE_DEVICE'],
  ['a pipe', instead({ mode: 0o010666 }), 'E_ARCHIVE_DEVICE'],
  ['a socket', also({ name: 'canary', mode: 0o140666 }), 'E_ARCHIVE_DEVICE'],
  ['a name twice', also({ name: 'record.json', content: '{"v":2}' }), 'E_ARCHIVE_DUPLICATE'],
  ['names that differ in case', also({ name: 'Record.json' }), 'E_ARCHIVE_CASE'],
  ['names that differ in composition', also({ name: 'é' }, { name: 'e\u0301' }), 'E_ARCHIVE_CASE'],
  ['an empty name', also({ name: '' }), 'E_ARCHIVE_FORMAT'],
  ['a name with a NUL', also({ name: 'model.onnx\0.txt' }), 'E_ARCHIVE_FORMAT'],
  ['a name with an escape sequence', also({ name: '\u001b[2Jcanary' }), 'E_ARCHIVE_FORMAT'],
  ['a name that is no UTF-8', also({ name: Buffer.from([0xff, 0xfe]) }), 'E_ARCHIVE_FORMAT'],
  ['two names for one file', instead({ localName: '../../canary.js' }), 'E_ARCHIVE_FORMAT'],
  ['bytes of two entries', also({ name: 'predictions.parquet', sharesWith: 2 }), 'E_ARCHIVE_FORMAT'],
  [
    'the same bytes over and over',
    also({ ...good[2]!, sharesWith: 2, name: 'model.onnx' }),
    'E_ARCHIVE_DUPLICATE',
  ],
  ['a bomb', instead({ content: Buffer.alloc(1 << 20), deflate: true, size: 2 }), 'E_ARCHIVE_BOMB'],
  ['another content than its checksum', instead({ crc: 1 }), 'E_ARCHIVE_FORMAT'],
  ['an encrypted file', instead({ flags: 1 }), 'E_ARCHIVE_FORMAT'],
  ['a rare packing', instead({ method: 14 }), 'E_ARCHIVE_FORMAT'],
  ['half an archive', cut(rawZip(good), 120), 'E_ARCHIVE_FORMAT'],
  ['no archive', Buffer.from('#!/bin/sh\ntouch canary\n'), 'E_ARCHIVE_FORMAT'],
  ['4,000 files', rawZip(Array.from({ length: 4000 }, (_, at) => ({ name: `${at}` }))), 'E_ARCHIVE_FORMAT'],
  ['a file nobody asked for', also({ name: 'package.json', content: '{}' }), 'E_HANDOVER_SHAPE'],
  ['a file in a folder', also({ name: 'node_modules/onnx.js' }), 'E_HANDOVER_SHAPE'],
  ['a name of Object itself', also({ name: '__proto__' }), 'E_HANDOVER_SHAPE'],
  [
    'a record that is too large',
    instead({ size: 300_000, content: Buffer.alloc(300_000) }),
    'E_HANDOVER_TOO_LARGE',
  ],
  ['a model of 4 GB, it says', rawZip([{ name: 'model.onnx', size: 0xfffffff0 }]), 'E_HANDOVER_TOO_LARGE'],
];

let fake: FakeGitHub;
let github: GitHub;
const folder = mkdtempSync(join(tmpdir(), 'lockstep-handover-'));
beforeAll(async () => {
  fake = await startGitHub();
  const env = {
    GITHUB_REPOSITORY: 'acme/models',
    GITHUB_API_URL: fake.url,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_REF: 'refs/heads/main',
  };
  github = await openGitHub('token', readContext(env));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await fake[Symbol.asyncDispose]();
});

function offer(zip: Buffer, over: { name?: string; digest?: string } = {}): void {
  const digest = `sha256:${createHash('sha256').update(zip).digest('hex')}`;
  const artifact = { id: 1, run: 1, name: 'lockstep-candidate-toy', digest, expired: false, zip, ...over };
  fake.state.artifacts.splice(0, fake.state.artifacts.length, artifact);
}

/** The code that taking it fails with. */
async function take(): Promise<string> {
  try {
    const [artifact] = await candidateArtifacts(github, { id: 1 });
    await downloadCandidate(github, artifact!, join(folder, 'in', 'toy'));
    return 'taken';
  } catch (error) {
    return isLockstepError(error) ? error.code : String(error);
  }
}

test('an honest one is taken whole', async () => {
  offer(rawZip(good));
  expect(await take()).toBe('taken');
  expect(readdirSync(join(folder, 'in', 'toy')).sort()).toEqual(good.map(({ name }) => name).sort());
  rmSync(join(folder, 'in'), { recursive: true });
});

test.each(poisons)('%s is refused and leaves nothing', async (_, zip, code) => {
  offer(zip);
  expect(await take()).toBe(code);
  expect(readdirSync(folder, { recursive: true })).toEqual(existsSync(join(folder, 'in')) ? ['in'] : []);
});

test('neither other bytes than GitHub knows nor a model of a strange name', async () => {
  offer(rawZip(good), { digest: `sha256:${'0'.repeat(64)}` });
  expect(await take()).toBe('E_DIGEST_MISMATCH');
  for (const model of ['../toy', 'Toy', '$(touch canary)', 'toy\n::error::x', '']) {
    offer(rawZip(good), { name: `lockstep-candidate-${model}` });
    expect([model, await take()]).toEqual([model, 'E_HANDOVER_SHAPE']);
  }
});

test('the action says which, and nobody is told a verdict', async () => {
  await using forge = await makeForge();
  const pull = await forge.pullRequest({
    'pipelines/toy/toy.onnx': toyModel({ bias: -2 }) as unknown as string,
  });
  forge.finished(pull, 1);
  forge.github.state.artifacts.push({
    id: 1,
    run: 1,
    name: 'lockstep-candidate-toy',
    digest: null,
    expired: false,
    zip: also({ name: '../../canary' }),
  });
  const { root } = await forge.checkout('origin/main');
  const event = { workflow_run: { id: 1 } };
  const job = { workspace: root, eventName: 'workflow_run', event };
  const collected = await forge.step(2, 'report', { ...job, with: { mode: 'collect', token: 'token' } });
  expect([collected.exit, collected.errors]).toEqual([1, [expect.stringMatching(/^E_ARCHIVE_TRAVERSAL: /)]]);
  expect(collected.outputs.judge).toBeUndefined();
  const published = await forge.step(2, 'report', { ...job, with: { mode: 'publish', token: 'token' } });
  expect(published.outputs).toMatchObject({ verdict: 'error' });
  expect(forge.github.state.comments).toEqual([]);
  expect(forge.github.state.statuses).toMatchObject([{ state: 'error', sha: pull.head.sha }]);
  expect(
    readdirSync(forge.folder, { recursive: true }).filter((name) => String(name).includes('canary')),
  ).toEqual([]);
}, 60_000);
