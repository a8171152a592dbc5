import assert from 'node:assert/strict';
import { bucketContract } from '../../../src/data/remotes/contract.ts';
import { gsBucket } from '../../../src/data/remotes/gs-bucket.ts';
import type { Suite, Tools } from '../suite.ts';
import { freePort } from '../tools/free-port.ts';
import { goProgram } from '../tools/go.ts';
import { untilAnswers } from '../tools/server.ts';
import { sharedData } from '../tools/shared-data.ts';

export const suite: Suite = {
  name: 'fake-gcs',
  shows: 'fake-gcs-server, which checks uploads as Cloud Storage does, takes our requests',
  minutes: 4,
  long: true,
  needs: {},
  run: async (tools) => {
    const env = { STORAGE_EMULATOR_HOST: await startServer(tools) };
    await bucketContract(() => gsBucket(new URL('gs://data/team a/ünï'), env));
    await bucketContract(() => gsBucket(new URL('gs://data'), env));
    const elsewhere = await gsBucket(new URL('gs://none/a'), env);
    await assert.rejects(elsewhere.put('a', Buffer.from('a'), ''), /E_REMOTE_FAILED.*no bucket/);
    return `the contract with and without a prefix, ${await sharedData(tools, 'gs://data/team', env)}`;
  },
};

/** Resolves to its host and port, as Google's clients take them. */
async function startServer({ programs }: Tools): Promise<string> {
  const program = await goProgram('github.com/fsouza/fake-gcs-server@v1.56.1');
  const host = `127.0.0.1:${await freePort()}`;
  const words = ['-scheme', 'http', '-host', '127.0.0.1', '-port', host.split(':')[1]!, '-backend', 'memory'];
  const child = programs.start(program, [...words, '-external-url', `http://${host}`, '-log-level', 'error']);
  await untilAnswers(child, `http://${host}/storage/v1/b`);
  const made = await fetch(`http://${host}/storage/v1/b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'data' }),
  });
  assert.equal(made.status, 200, await made.text());
  return host;
}
