import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import schema from '../../docs/schemas/run.json' with { type: 'json' };
import { checkSchema, parseJson } from '../workspace/index.ts';
import { readRunRecord } from './run-records.ts';
import { messageFrom, toyWorkspace } from './test-workspace.ts';

const example = (name: string) =>
  parseJson(readFileSync(`docs/schemas/examples/run.${name}.json`), 'run.json');

test('the published examples: one good, one with a verdict of its own', () => {
  expect(() => checkSchema(example('good'), schema)).not.toThrow();
  expect(() => checkSchema(example('bad'), schema)).toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_CONFIG_KEY: unknown key "verdict" at the top level in run.json — v, model, fingerprint, commit, dirty, lock, stages, started, seconds, host. Fix: remove the key.]`,
  );
});

test('a run that nobody made here', async () => {
  await using workspace = await toyWorkspace();
  const read = async () => readRunRecord(workspace, `sha256:${'0'.repeat(64)}`);
  expect(await messageFrom(read())).toMatchInlineSnapshot(
    `"E_RUN_MISSING: no run sha256:<hex> on this machine. Fix: run the pipeline again."`,
  );
});
