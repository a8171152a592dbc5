import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exampleModel, type Project } from '../project.ts';
import { type Cluster, type KubernetesObject, until } from './cluster.ts';
import type { Daemon } from './daemon.ts';
import { isReady } from './node.ts';

export interface Release {
  readonly version: string;
  /** `<name>@sha256:<digest>` */
  readonly image: string;
  readonly golden: Golden;
}

export interface Golden {
  readonly requests: readonly { readonly inputs: object; readonly score: number }[];
}

export const namespace = 'models-dev';

/**
 * Resolves when a pod of this image is ready, the only one of its model, and has answered the golden requests as the
 * judge had them answered.
 */
export async function answers(
  cluster: Cluster,
  daemons: readonly Daemon[],
  { image, version, golden }: Release,
): Promise<void> {
  const pod = await until(
    `a pod of ${image} is ready and alone`,
    daemons,
    async () => {
      const selector = `app.kubernetes.io/name=${exampleModel}`;
      const all = await cluster.kubectl(['get', 'pods', '-n', namespace, '-l', selector, '-o', 'json']);
      const [only, ...more]: KubernetesObject[] = JSON.parse(all).items;
      return more.length === 0 && only?.spec.containers[0].image === image && isReady(only) ? only : null;
    },
    240,
  );
  const [, digest] = image.split('@');
  const { imageID } = pod.status.containerStatuses[0];
  assert.ok(imageID.endsWith(digest), imageID);
  const url = `http://${pod.status.podIP}:8080`;
  const about = (await (await fetch(`${url}/v2/models/${exampleModel}`)).json()) as KubernetesObject;
  assert.equal(about.parameters.version, version);
  await assertSame(url, golden);
}

/** What the judge was answered, of the newest run. */
export function newestGolden({ root }: Project): Golden {
  const runs = join(root, '.lockstep/runs');
  const files = readdirSync(runs)
    .map((name) => join(runs, name, 'golden.json'))
    .filter((file) => existsSync(file))
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  return JSON.parse(readFileSync(files[0]!, 'utf8')) as Golden;
}

async function assertSame(url: string, { requests }: Golden): Promise<void> {
  assert.ok(requests.length > 10);
  for (const { inputs, score } of requests) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/predict`, { method: 'POST', headers, body: JSON.stringify(inputs) });
    const { predictions } = (await answer.json()) as { predictions: [{ score: number }] };
    assert.ok(
      Math.abs(predictions[0].score - score) <= 1e-5,
      `${predictions[0].score}, and offline ${score}`,
    );
  }
}
