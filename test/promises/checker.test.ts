import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { registerVersion } from '../release-sandbox.ts';
import { commitChanges } from './change-branch.ts';
import { openEnvelope } from './checker/envelope.ts';
import { git } from './checker/git.ts';
import { checkOrigin } from './checker/origin.ts';
import { makeWorld, removeAll } from './world.ts';

const folder = join(import.meta.dirname, 'checker');
const branch = 'refs/heads/environments';
const dev = 'models/churn/environments/dev';

afterAll(removeAll);

test('the checker shares no code with the product', () => {
  const files = readdirSync(folder);
  const imported = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      ([, target]) => target!,
    ),
  );
  const own = files.map((file) => `./${file}`);
  const foreign = new Set(imported.filter((target) => !own.includes(target)));
  expect([...foreign].sort()).toEqual(['canonicalize', 'node:child_process', 'node:crypto', 'yaml']);
});

test('a signature by certificate it refuses by name: it has no reader of its own for one', () => {
  const payloadType = 'application/vnd.in-toto+json';
  const envelope = { payloadType, payload: 'e30=', signatures: [], verificationMaterial: {} };
  expect(() => openEnvelope(envelope, [], 'urn:test', 'dev')).toThrow('which this checker does not read');
});

test('it believes what was promoted, and sees a digest, a tag and a commit that nothing proves', async () => {
  const world = await makeWorld();
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(world.workspace, version);
  await world.promote('v1.0.0', ['dev']);
  await world.promote('v1.1.0', ['dev']);
  const { folders, commits, unverified, problems } = checkOrigin(world.origin);
  expect([folders.get(dev)?.version, commits.length, unverified, problems]).toEqual(['v1.1.0', 2, [], []]);

  const tag = git(world.origin, ['rev-parse', 'churn#dev#2']);
  git(world.origin, ['update-ref', '-d', 'refs/tags/churn#dev#2']);
  git(world.origin, ['update-ref', 'refs/tags/churn#staging#1', tag]);
  expect(checkOrigin(world.origin).problems.map((one) => one.replace(/^[0-9a-f]{8}/, '<commit>'))).toEqual([
    '<commit>: churn#dev#2 is not annotated, or at another commit than its version',
    '<commit>: churn#dev#2 says something else than the folder',
    'no commit names churn#staging#1',
    'the number churn#1 twice',
  ]);

  const path = `${dev}/kustomization.yaml`;
  const text = git(world.origin, ['show', `${branch}:${path}`]);
  commitChanges(world.origin, { [path]: text.replace(/sha256:..../, 'sha256:0000') });
  const after = checkOrigin(world.origin);
  expect(after.unverified).toHaveLength(1);
  expect(after.unverified[0]).toMatch(/^models\/churn\/environments\/dev: the digest: sha256:0000/);
  expect(after.problems.join('\n')).toContain(`a nameless commit changes ${path}`);
});
