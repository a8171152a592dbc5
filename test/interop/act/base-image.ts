import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The two empty blocks that end an archive. */
const noFiles = Buffer.alloc(1024);

/**
 * Pushes an operating system as `<host>/base`, for a machine that reaches no registry with a real one: of no files unless
 * its archive is given, since mostly what is built upon it is never started. `headers` say who we are, where it is asked;
 * `entrypoint` is what it starts by itself. Returns its digest, and its name with that.
 */
export async function pushBase(
  host: string,
  headers: Record<string, string> = {},
  { tar = noFiles, entrypoint }: { tar?: Buffer; entrypoint?: readonly string[] } = {},
): Promise<{ name: string; digest: string }> {
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/usr/local/bin:/usr/bin'], User: '1000', Entrypoint: entrypoint },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
  );
  const type = 'application/vnd.oci.image';
  const described = (bytes: Buffer, mediaType: string) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${type}.manifest.v1+json`,
    config: described(config, `${type}.config.v1+json`),
    layers: [described(layer, `${type}.layer.v1.tar+gzip`)],
  });
  for (const blob of [config, layer]) await pushBlob(`http://${host}/v2/base`, blob, headers);
  const answer = await fetch(`http://${host}/v2/base/manifests/24`, {
    method: 'PUT',
    body: manifest,
    headers: { ...headers, 'content-type': `${type}.manifest.v1+json` },
  });
  assert.equal(answer.status, 201, await answer.text());
  const digest = digestOf(Buffer.from(manifest));
  return { name: `${host}/base@${digest}`, digest };
}

async function pushBlob(repository: string, bytes: Buffer, headers: Record<string, string>): Promise<void> {
  const begun = await fetch(`${repository}/blobs/uploads/`, { method: 'POST', headers });
  const place = new URL(begun.headers.get('location')!, repository);
  place.searchParams.set('digest', digestOf(bytes));
  const answer = await fetch(place, { method: 'PUT', body: new Uint8Array(bytes), headers });
  assert.equal(answer.status, 201, await answer.text());
}
