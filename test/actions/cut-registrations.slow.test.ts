import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toyProject } from '../../src/commands/test-workspace.ts';
import { git } from '../../src/workspace/index.ts';
import { startGitServer } from '../fakes/git-server.ts';
import { startGitHub } from '../fakes/github/server.ts';
import { startRegistry } from '../fakes/oci-registry.ts';
import { commitFiles } from '../git-sandbox.ts';
import { pushBase } from '../interop/act/base-image.ts';
import { isWrite, openWire, type Place, placesIn } from './cut.ts';
import { type ActionResult, runAction } from './run-action.ts';

/*
 * Registering is cut at its writes to the registry, to Git over smart HTTP and to GitHub's API. The same job again ends
 * with one version, one image and one issue; refused, with one comment that has the report below (P31).
 */
const stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), 'lockstep-cut-'));
const served = join(folder, 'served');
const origin = join(served, 'origin.git');
const wire = stack.use(await openWire());
const github = stack.use(await startGitHub());
const registry = stack.use(await startRegistry());
const project = stack.use(await toyProject());
const signingKey = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const report = '### ✅ **toy** may be merged';
let urls: { readonly api: string; readonly server: string };
let sha: string;
/** The registry before anybody pushed. */
let empty: {
  readonly blobs: [string, Buffer][];
  readonly manifests: [string, { bytes: Buffer; type: string }][];
};

beforeAll(async () => {
  await pushBase(registry.host);
  empty = { blobs: [...registry.blobs], manifests: [...registry.manifests] };
  mkdirSync(served);
  const { host } = new URL(await wire.through(`http://${registry.host}`));
  const server = stack.use(await startGitServer({ root: served, tokens: ['token'] }));
  urls = { api: await wire.through(github.url), server: await wire.through(server.url) };
  await merge({ 'lockstep.yaml': `images: ${host}/acme/models\nimage: {base: "${host}/base:24"}\n` });
}, 60_000);
afterAll(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

/** On main, as pull request 7 that has its report. */
async function merge(files: Record<string, string>): Promise<void> {
  sha = await commitFiles(project, files, 'feat: merged');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  rmSync(join(folder, 'kept'), { recursive: true, force: true });
}

function fresh(): void {
  rmSync(origin, { recursive: true, force: true });
  cpSync(join(project.folder, 'origin.git'), origin, { recursive: true });
  registry.blobs.clear();
  registry.manifests.clear();
  for (const [name, blob] of empty.blobs) registry.blobs.set(name, blob);
  for (const [name, manifest] of empty.manifests) registry.manifests.set(name, manifest);
  const { comments, issues, pulls } = github.state;
  for (const list of [comments, issues, pulls]) list.length = 0;
  const body = `${report}\n\n<!-- lockstep:report run=3.1 head=${sha} -->\n`;
  comments.push({ id: 5, issue: 7, body, user: { login: 'github-actions[bot]' } });
  pulls.push({
    number: 7,
    state: 'closed',
    merged_at: '2026-11-26T00:00:00Z',
    merge_commit_sha: sha,
    head: { sha, ref: 'change', repo: { id: 42, full_name: 'ada/models' } },
    base: { sha, ref: 'main' },
  });
}

/** A job of its own, with a checkout of its own; training and packed layers come from the first one's cache. */
async function job(place?: Place): Promise<ActionResult> {
  const root = join(folder, 'job');
  const kept = join(folder, 'kept');
  rmSync(root, { recursive: true, force: true });
  await git(['clone', '--quiet', origin, root], { cwd: folder });
  await git(['remote', 'set-url', 'origin', `${urls.server}/origin.git`], { cwd: root });
  cpSync(join(project.root, '.data'), join(root, '.data'), { recursive: true });
  if (existsSync(kept)) cpSync(kept, join(root, '.lockstep'), { recursive: true });
  let kill = () => {};
  wire.order(place && { ...place, kill: () => kill() });
  const result = await runAction('register', {
    workspace: root,
    with: { models: 'toy', token: 'token' },
    env: {
      GITHUB_API_URL: urls.api,
      GITHUB_SERVER_URL: urls.server,
      GITHUB_SHA: sha,
      LOCKSTEP_SIGNING_KEY: signingKey,
    },
    started: (end) => {
      kill = end;
    },
  });
  if (!existsSync(kept))
    for (const name of ['runs', 'store', 'cache'].filter((one) => existsSync(join(root, '.lockstep', one))))
      cpSync(join(root, '.lockstep', name), join(kept, name), { recursive: true });
  return result;
}

/** All that people and other jobs see of it. */
const outside = async () => ({
  tags: await git(['tag', '--list'], { cwd: origin }),
  images: [...registry.manifests.keys()].filter((name) => name.endsWith('/v1.0.0')),
  issues: github.state.issues.map(({ title }) => title),
  comments: github.state.comments.map(({ body }) => body),
});

async function cutAndRunAgain(exit: number, places: (writes: readonly string[]) => Place[]) {
  fresh();
  const whole = await job();
  expect(whole.exit, whole.log).toBe(exit);
  const writes = wire.asked.filter(isWrite);
  const wanted = await outside();
  const third = await job();
  expect([third.exit, wire.asked.filter(isWrite)], third.log).toEqual([exit, []]);
  for (const place of places(writes)) {
    fresh();
    const where = `${place.how} ${writes[place.at]}`;
    expect([where, (await job(place)).exit]).toEqual([where, 1]);
    const again = await job();
    expect([where, again.exit], again.log).toEqual([where, exit]);
    expect([where, await outside()]).toEqual([where, wanted]);
  }
  return wanted;
}

test('a version', async () => {
  const wanted = await cutAndRunAgain(0, (writes) => {
    // Of what goes to the registry the first and the last stand for all: what is there is found by its digest.
    const pushed = [...writes.keys()].filter((at) => writes[at]!.includes('/v2/'));
    const some = placesIn(writes).filter(({ at }) => !pushed.slice(1, -1).includes(at));
    const cut = some.map(({ at }) => writes[at]).join(' ');
    expect(cut).toMatch(/manifests\/v1\.0\.0 .*\/issues .*git-receive-pack/);
    return some;
  });
  expect(wanted).toMatchObject({
    tags: 'toy@v1.0.0',
    images: ['acme/models/toy/v1.0.0'],
    issues: ['Pin the base of the images'],
    comments: [expect.stringContaining(report)],
  });
}, 120_000);

test("main's no", async () => {
  await merge({ 'models/toy/policy.yaml': 'checks: [{metric: roc_auc, at-least: 0.999}]\n' });
  const { tags, images, comments } = await cutAndRunAgain(1, (writes) => [
    ...placesIn(writes),
    { at: 0, how: 'refused' },
  ]);
  expect([tags, images, comments.length]).toEqual(['', [], 1]);
  expect(comments[0]).toMatch(
    /^<!-- lockstep:main run=77 models=toy -->\n\n### ❌ Merged, and not registered: toy/,
  );
  expect(comments[0]).toContain(`<summary>What the report said before the merge</summary>\n\n${report}`);
}, 120_000);
