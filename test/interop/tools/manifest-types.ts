import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { called, type Manifest } from '../../kubernetes-rules.ts';
import type { Tools } from '../suite.ts';

/** Packages with a type for each kind of an API. */
export const typePackages = [
  'kubernetes-models@5.1.0',
  '@kubernetes-models/argo-cd@4.0.0',
  '@kubernetes-models/argo-rollouts@2.0.0',
  '@kubernetes-models/kyverno@2.0.0',
];

const packageOf = (apiVersion: string, kind: string): string | null => {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  if (group === 'serving.knative.dev') return '@kubernetes-models/knative';
  if (group === 'kyverno.io') return '@kubernetes-models/kyverno';
  if (group === 'argoproj.io')
    return `@kubernetes-models/argo-${kind.startsWith('Application') ? 'cd' : 'rollouts'}`;
  return /^$|^(apps|autoscaling|policy)$|\.k8s\.io$/.test(group) ? 'kubernetes-models' : null;
};

/**
 * Has the TypeScript compiler compare manifests with their kinds' types: unlike a schema, it refuses keys that no API knows.
 * Resolves to the kinds that were compared. Throws with the compiler's words.
 */
export async function checkTypes(tools: Tools, manifests: readonly Manifest[]): Promise<string[]> {
  const known = manifests.flatMap((manifest) => {
    const { apiVersion, kind } = manifest;
    const name = packageOf(apiVersion, kind);
    return name === null
      ? []
      : [{ manifest, kind: kind as string, path: `${name}/${apiVersion}/${kind}.js` }];
  });
  const file = join(tools.folder, 'manifests.ts');
  const lines = known.flatMap(({ manifest, kind, path }, index) => [
    `import type { I${kind} as T${index} } from ${JSON.stringify(join(tools.modules, path))};`,
    `// ${called(manifest)}`,
    `export const m${index}: T${index} = ${JSON.stringify(manifest, null, 2)};`,
  ]);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const options = '--noEmit --strict --skipLibCheck --target esnext --module nodenext --types';
  const compiler = join(tools.root, 'node_modules/typescript/bin/tsc');
  const { code, out, err } = await tools.programs.tryRun(process.execPath, [
    compiler,
    ...options.split(' '),
    '',
    file,
  ]);
  if (code !== 0) throw new Error(`manifests against their types:\n${out}${err}`);
  return [...new Set(known.map(({ kind }) => kind))].sort();
}
