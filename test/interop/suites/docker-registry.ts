import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pushBase } from '../act/base-image.ts';
import { startRegistry } from '../act/registry.ts';
import type { Suite, Tools } from '../suite.ts';
import { exampleModel, makeProject, type Project } from '../tools/project.ts';

export const suite: Suite = {
  name: 'docker-registry',
  shows: "Debian's registry takes our images with base and evidence, once, and gives them back byte for byte",
  minutes: 3,
  needs: { debian: { skopeo: 'skopeo', 'docker-registry': 'docker-registry' } },
  run: async (tools) => {
    const project = await makeProject(tools);
    const seen = [await release(tools, project), await guarded(tools, project)];
    return seen.join(', ');
  },
};

interface Pushed {
  readonly image: string;
  readonly sent: number;
}

/** A base pinned, a version registered, pushed again, and found by a machine that has nothing of it. */
async function release(tools: Tools, project: Project): Promise<string> {
  const host = await startRegistry(tools);
  await pushBase(host);
  edit(project, (text) =>
    text.replace(/^( +base: ).*$/m, `$1${host}/base:24 # Node`).concat(`images: ${host}/team/flights\n`),
  );
  const { reference } = await project.lockstep('image', 'pin-base');
  assert.equal(reference, `${host}/base:24@${await digestAt(host, 'base', '24')}`);
  edit(project, (text) => {
    assert.ok(text.includes(`  base: ${String(reference)} # Node\n`), text);
    return text;
  });
  await commit(tools, project);

  await project.lockstep('run', exampleModel);
  const { image } = (await project.lockstep('register', exampleModel)) as unknown as Pushed;
  const repository = `team/flights/${exampleModel}`;
  const [name, digest] = image.split('@') as [string, string];
  assert.equal(name, `${host}/${repository}`);
  assert.equal(await digestAt(host, repository, 'v1.0.0'), digest);
  const again = (await project.lockstep('image', 'push', exampleModel)) as unknown as Pushed;
  assert.deepEqual([again.image, again.sent], [image, 0]);
  await assertInspected(tools, image);

  forget(project);
  const pulled = (await project.lockstep('image', 'pull', `${name}:v1.0.0`)) as unknown as Pushed;
  assert.equal(pulled.image, image);
  const layout = readFileSync(join(project.root, '.lockstep/images/index.json'), 'utf8');
  assert.ok(layout.includes(`"${digest.replace(':', '-')}"`), 'the evidence came with it');
  return `4 layers sent once, back as ${digest.slice(0, 19)}…`;
}

async function assertInspected({ programs }: Tools, image: string): Promise<void> {
  const words = ['--insecure-policy', 'inspect', '--tls-verify=false', `docker://${image}`];
  const seen = JSON.parse(await programs.run('skopeo', words)) as {
    Digest: string;
    Layers: string[];
    Env: string[];
  };
  assert.deepEqual([seen.Digest, seen.Layers.length], [image.split('@')[1], 4]);
  assert.ok(seen.Env.includes('PATH=/usr/local/bin:/usr/bin'), 'what the base sets is kept');
}

/** Of the password "swordfish", as `htpasswd -B` writes it. */
const users = 'ada:$2b$04$9J8NrBe5n936TrZ6r2CNge7NTNe/GpvSeA5f8uZZaG8lU7UXPZuWu\n';

/** A registry that wants to know who we are takes what `docker login` left, and lets nobody else in. */
async function guarded(tools: Tools, project: Project): Promise<string> {
  const folder = join(tools.folder, 'guarded');
  mkdirSync(join(folder, 'docker'), { recursive: true });
  writeFileSync(join(folder, 'htpasswd'), users);
  const auth = { htpasswd: { realm: 'interop', path: join(folder, 'htpasswd') } };
  const host = await startRegistry({ ...tools, folder }, auth);
  const login = { auths: { [host]: { auth: Buffer.from('ada:swordfish').toString('base64') } } };
  writeFileSync(join(folder, 'docker/config.json'), JSON.stringify(login));
  edit(project, (text) => text.replace(/^images: .*$/m, `images: ${host}/team`));
  const { image } = (await project.lockstep('image', 'build', exampleModel)) as unknown as Pushed;
  await assert.rejects(project.lockstep('image', 'push', exampleModel), /E_REGISTRY_AUTH/);
  project.environment.DOCKER_CONFIG = join(folder, 'docker');
  const pushed = (await project.lockstep('image', 'push', image)) as unknown as Pushed;
  assert.ok(pushed.sent > 0, 'the image is sent to those who know us');
  forget(project);
  assert.equal((await project.lockstep('image', 'pull', image)).image, image);
  return 'with a password too';
}

function edit({ root }: Project, change: (text: string) => string): void {
  const path = join(root, 'lockstep.yaml');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** As a machine is that has only the clone. */
const forget = ({ root }: Project): void =>
  rmSync(join(root, '.lockstep/images'), { recursive: true, force: true });

async function commit({ programs }: Tools, { root, environment }: Project): Promise<void> {
  const options = { cwd: root, env: environment };
  await programs.run('git', ['commit', '--quiet', '--all', '--message', 'build: a base by digest'], options);
  await programs.run('git', ['push', '--quiet', 'origin', 'HEAD:main'], options);
}

async function digestAt(host: string, repository: string, tag: string): Promise<string | null> {
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: {
      accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json',
    },
  });
  return answer.headers.get('docker-content-digest');
}
