import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');

test('the model of the promotion protocol has a step for each effect, and no other', () => {
  const [, union] = /type EffectName = ([^;]+);/.exec(read('../src/gitops/effects.ts'))!;
  const effects = [...union!.matchAll(/'([^']+)'/g)].map(([, name]) => name!);
  const steps = [...read('interop/fixtures/promotion.pml').matchAll(/effect: ([a-z ]+)\./g)];
  expect([...new Set(steps.map(([, name]) => name))].sort()).toEqual(effects.sort());
});
