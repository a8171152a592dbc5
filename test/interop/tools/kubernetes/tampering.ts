import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../../suite.ts';
import { exampleModel, type Project } from '../project.ts';
import { type Cluster, until } from './cluster.ts';
import type { Flux } from './flux.ts';

export interface Place {
  readonly tools: Tools;
  readonly cluster: Cluster;
  readonly flux: Flux;
  readonly project: Project;
}

/** Resolves when the Deployment of an environment names this image. */
export async function showsIn({ cluster, flux }: Place, environment: string, image: string): Promise<void> {
  const name = `models-${environment}`;
  let seen: string | null = null;
  await until(`${image} in ${name}`, [...cluster.daemons, ...flux.daemons], async () => {
    seen = await imageIn(cluster, name);
    return seen === image ? true : null;
  }).catch((error: Error) => {
    throw new Error(`the Deployment names ${seen}: ${error.message}`);
  });
}

async function imageIn(cluster: Cluster, namespace: string): Promise<string | null> {
  const deployment = await cluster.get('deployment', exampleModel, namespace);
  const containers = deployment?.spec.template.spec.containers ?? [];
  return containers.map(({ image }: { image: string }) => image).join(' ') || null;
}

interface Tampering {
  readonly what: string;
  /** On production's kustomization.yaml. */
  readonly change: (text: string) => string;
  /** In the API server's refusal, as Flux reports it. */
  readonly refusal: RegExp;
}

/**
 * Somebody who may push the branch changes production's image by hand: the cluster refuses, what runs goes on, and
 * `lockstep verify` names the file and the line. Resolves to how many were refused.
 */
export async function tamperings(
  place: Place,
  { runs, other, policy }: { readonly runs: string; readonly other: string; readonly policy: string },
): Promise<number> {
  const digest = /sha256:[0-9a-f]{64}$/;
  const [ours, theirs] = [digest.exec(runs)![0], digest.exec(other)![0]];
  const branch = await checkout(place);
  const byDigest: readonly Tampering[] = [
    {
      what: 'a tag in place of the digest',
      change: (text) => text.replace(`digest: ${ours}`, 'newTag: latest'),
      refusal: /lockstep-digest.*an image by tag, which may move: \S+:latest/s,
    },
    {
      what: 'an image of another registry',
      change: (text) => text.replace(/newName: \S+/, 'newName: registry.example/elsewhere'),
      refusal: /lockstep-digest.*an image from elsewhere/s,
    },
  ];
  for (const tampering of byDigest) await refused(place, branch, runs, tampering);
  await writeList(place);
  await place.cluster.apply(policy);
  await inForce(place, `${runs.split('@')[0]}@sha256:${'1'.repeat(64)}`);
  const verified: readonly Tampering[] = [
    {
      what: 'the digest of the version that was rolled back',
      change: (text) => text.replace(ours, theirs),
      refusal: /lockstep-verified.*not verified by `lockstep verify`: \S+@sha256/s,
    },
    {
      what: 'a digest of nobody',
      change: (text) => text.replace(ours, `sha256:${'0'.repeat(64)}`),
      refusal: /lockstep-verified.*not verified by `lockstep verify`: \S+@sha256:0{64}/s,
    },
  ];
  for (const tampering of verified) await refused(place, branch, runs, tampering);
  return byDigest.length + verified.length;
}

async function refused(place: Place, branch: string, runs: string, tampering: Tampering): Promise<void> {
  const { tools, project, flux, cluster } = place;
  const path = `models/${exampleModel}/environments/production/kustomization.yaml`;
  const file = join(branch, path);
  const text = readFileSync(file, 'utf8');
  const changed = tampering.change(text);
  assert.notEqual(changed, text, tampering.what);
  const git = async (...args: string[]) =>
    (await tools.programs.run('git', args, { cwd: branch, env: project.environment })).trim();
  writeFileSync(file, changed);
  await git('commit', '--quiet', '--all', '-m', tampering.what);
  await git('push', '--quiet', 'origin', 'environments');
  const commit = await git('rev-parse', 'HEAD');
  await flux.wake('models-production');
  const { message } = await flux.kustomization(
    'models-production',
    `refused: ${tampering.what}`,
    ({ attempted, ready }) => ready === 'False' && attempted?.endsWith(commit) === true,
  );
  assert.match(message, tampering.refusal, tampering.what);
  assert.equal(await imageIn(cluster, 'models-production'), runs, tampering.what);
  const line = changed.split('\n').findIndex((each, index) => each !== text.split('\n')[index]) + 1;
  await assert.rejects(project.lockstep('verify'), (error: Error) => {
    assert.ok(error.message.includes(path), error.message);
    assert.match(error.message, new RegExp(`"line":${line}\\b|:${line}\\b`), tampering.what);
    return true;
  });
  await git('revert', '--no-edit', 'HEAD');
  await git('push', '--quiet', 'origin', 'environments');
  await project.lockstep('verify');
  const undone = await git('rev-parse', 'HEAD');
  await flux.wake('models-production');
  await flux.kustomization(
    'models-production',
    `let in again after ${tampering.what}`,
    ({ attempted, ready }) => ready !== 'False' && attempted?.endsWith(undone) === true,
  );
}

/** A policy takes a moment until it is asked: until it refuses this image, which the other one lets in. */
async function inForce({ cluster, flux }: Place, image: string): Promise<void> {
  const { kubectl } = cluster;
  const create = ['create', 'deployment', 'probe', `--image=${image}`, '-n', 'models-production'];
  await until('lockstep-verified is in force', [...cluster.daemons, ...flux.daemons], () =>
    kubectl([...create, '--dry-run=server']).then(
      () => null,
      (error: Error) => {
        assert.match(error.message, /lockstep-verified/);
        return true;
      },
    ),
  );
}

async function checkout({ tools, project }: Place): Promise<string> {
  const branch = join(tools.folder, 'environments');
  const options = { env: project.environment };
  const git = (...args: string[]) => tools.programs.run('git', args, options);
  await git('clone', '--quiet', '--branch', 'environments', project.origin, branch);
  await git('-C', branch, 'config', 'user.name', 'Mallory');
  await git('-C', branch, 'config', 'user.email', 'mallory@example.com');
  return branch;
}

/** The list of the second policy, from the words of `lockstep verify`. */
async function writeList({ cluster, project }: Place): Promise<void> {
  const { environments } = (await project.lockstep('verify')) as unknown as Verified;
  for (const environment of ['dev', 'production']) {
    const here = environments.filter((found) => found.environment === environment);
    const data = here.map(({ image, model, version }) => [
      image.split('@sha256:')[1]!,
      `${model} ${version}`,
    ]);
    const list = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'lockstep-verified', namespace: `models-${environment}` },
      data: Object.fromEntries(data),
    };
    await cluster.apply(JSON.stringify(list));
  }
}

interface Verified {
  readonly environments: readonly {
    readonly model: string;
    readonly environment: string;
    readonly version: string;
    readonly image: string;
  }[];
}
