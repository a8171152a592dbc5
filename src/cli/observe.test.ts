import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeSandbox } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { promote } from '../gitops/index.ts';
import type { ReleaseRecord } from '../registry/index.ts';
import { openWorkspace } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { command as history } from './history.ts';
import { command as observe } from './observe.ts';
import { command as status } from './status.ts';

test('observe says what it saw and wrote; status and history say since when, and by what', async () => {
  let running: ReleaseRecord | null = null;
  const server = createServer((_request, response) => {
    response.statusCode = running === null ? 503 : 200;
    response.end(
      JSON.stringify({
        inputs: [],
        parameters: { version: running?.version, model_digest: running?.modelDigest },
      }),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using sandbox = await makeSandbox();
  const { root } = await makeProject(sandbox, 'ada', {
    'lockstep.yaml': `environments: [{name: dev, url: "${url}"}, staging, production]\n`,
  });
  const workspace = openWorkspace(root);
  const one = await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev', observe: 0 });
  const run = async (command: Command, values: Record<string, string | boolean> = {}) => {
    const { text, exit } = await command.run({ workspace, cwd: root, positionals: [], values, json: false });
    const plain = text
      .replaceAll(url, '<url>')
      .replaceAll(/(?<=sha256:|commit )[0-9a-f]+/g, '<hex>')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '<time>');
    return [exit ?? 0, ...plain.split('\n')];
  };

  expect(await run(observe)).toEqual([0, 'churn v1.0.0 in dev: not yet, no answer']);
  running = one;
  const seen = /^churn v1\.0\.0 in dev: observed, its golden requests are not at hand: sha256:<hex> of churn/;
  expect(await run(observe, { 'dry-run': true })).toEqual([
    0,
    expect.stringMatching(seen),
    'nothing written: --dry-run',
  ]);
  expect((await run(status)).join('\n')).not.toContain('observed since');
  expect(await run(observe, { in: 'dev' })).toEqual([
    0,
    expect.stringMatching(seen),
    'recorded for churn/dev (commit <hex>)',
  ]);
  expect((await run(status)).slice(1)).toEqual([
    'churn',
    '  dev  v1.0.0  localhost/churn@sha256:<hex>…  since <time>  observed at <url>',
    '    observed since <time>, by <url>',
  ]);
  const today = new Date().toISOString().slice(0, 10);
  expect(await run(history, { at: today })).toContain('    observed since <time>, by <url>');
  // On a machine that cannot ask, what the branch says is all there is.
  const elsewhere = { ...workspace, configuration: { ...workspace.configuration, urls: {} } };
  const { text } = await status.run({
    workspace: elsewhere,
    cwd: root,
    positionals: [],
    values: {},
    json: false,
  });
  expect(text).toMatch(/ {2}observed since \d{4}-\d\d-\d\d \d\d:\d\d, by http:\/\/127/);
  expect(text).not.toContain('not observed');
});
