import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeSandbox } from '../../test/git-sandbox.ts';
import { deployFiles, makeProject, policyText, registerVersion } from '../../test/release-sandbox.ts';
import { toyModel } from '../../test/toy-model.ts';
import { startServer, toyFolder, toyGolden } from '../../test/toy-server.ts';
import { openStore } from '../data/index.ts';
import { promote, statusOf } from '../gitops/index.ts';
import { digestOf, openWorkspace } from '../workspace/index.ts';
import { observeWorld } from './observe.ts';
import { observationLines } from './observe-text.ts';

/** The real server behind an address that can be made to lie, as an image of another build would. */
async function startAddress(target: string): Promise<{ url: string; lie: { by: number } }> {
  const lie = { by: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method!,
      ...(request.method === 'POST' ? { body, headers: { 'content-type': 'application/json' } } : {}),
    });
    const told = (await answer.json()) as { predictions?: { score: number }[] };
    for (const prediction of told.predictions ?? []) prediction.score += lie.by;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lie };
}

test('an address is asked the golden requests of its release, once they are at hand', async () => {
  const folder = toyFolder();
  const server = await startServer(folder);
  onTestFinished(() => {
    server.child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const { url, lie } = await startAddress(server.url);
  await using sandbox = await makeSandbox();
  const ofToy = (text: string) => text.replaceAll('churn', 'toy');
  const { root } = await makeProject(sandbox, 'ada', {
    ...Object.fromEntries(Object.entries(deployFiles).map((entry) => entry.map(ofToy))),
    'models/toy/policy.yaml': policyText,
    'lockstep.yaml': `environments: [{name: dev, url: "${url}"}, staging, production]\n`,
  });
  const workspace = openWorkspace(root);
  const golden = Buffer.from(JSON.stringify(toyGolden));
  await registerVersion(workspace, 'v1.0.0', {
    model: 'toy',
    modelDigest: digestOf(toyModel()),
    golden: digestOf(golden),
  });
  await promote(workspace, { model: 'toy', version: 'v1.0.0', environment: 'dev', observe: 0 });
  const look = async () => observationLines(await observeWorld(workspace, {}, {}));
  const recorded = async () => (await statusOf(workspace)).models[0]!.environments[0]!.recorded;

  const first = await look();
  expect(first[0]).toMatch(/^toy v1\.0\.0 in dev: observed, its golden requests are not at hand: sha256:/);
  expect(first[1]).toMatch(/^recorded for toy\/dev /);
  expect((await recorded())?.verified).toBeNull();

  await openStore(workspace).put(golden);
  lie.by = 0.01;
  expect(await look()).toEqual([
    'toy v1.0.0 in dev: fails',
    expect.stringMatching(
      /^ {2}3 of 3 golden requests are answered otherwise: golden request 0: answered 0\.\d+, not 0\.\d+$/,
    ),
    '  lockstep rollback toy --in dev --reason "…" puts back what ran before',
  ]);
  lie.by = 0;
  const again = await look();
  expect(again[0]).toBe('toy v1.0.0 in dev: verified, 3 of 3 golden requests equal');
  expect(again[1]).toMatch(/^recorded for toy\/dev /);
  expect((await recorded())?.verified).toMatchObject({
    by: { kind: 'url', url },
    golden: { asked: 3, equal: 3 },
  });
  expect(await look()).toEqual([again[0]]);
}, 60_000);
