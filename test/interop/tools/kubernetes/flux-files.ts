import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Flux's objects of an environment, as shown for production but for the address. */
export function fluxFiles(root: string, environment: string, url: string): string {
  const [source, kustomization] = ['source', 'kustomization'].map((name) =>
    readFileSync(join(root, 'docs/cluster/flux', `${name}.yaml`), 'utf8'),
  );
  const theirs = 'https://github.com/acme/models.git';
  assert.ok(source!.includes(theirs));
  return [kustomization!, source!.replace(theirs, url)].join('\n---\n').replaceAll('production', environment);
}
