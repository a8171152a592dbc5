import { Readable } from 'node:stream';
import { registryAddress } from '../../oci/index.ts';
import { type Digest, hexOf, LockstepError } from '../../workspace/index.ts';
import type { Bucket, ByteRange, Download, Listed } from './bucket.ts';
import { downloadOf, rangeHeaders } from './http-objects.ts';
import { atEdge, notRemoved } from './oci-errors.ts';
import { digestIn, keepPrefix, mayHold, objectOf, packsIn } from './oci-manifests.ts';
import { each, mostNamed, openRepository } from './oci-repository.ts';

/**
 * `oci://host/repository`, at any OCI registry. Objects are blobs; documents (maps, tombstones) are blobs too, each named
 * by a manifest under a tag of its key, which also names the packs that a map needs, since registries drop what no
 * manifest names. Credentials as for images, and at ghcr.io GITHUB_TOKEN.
 */
export async function ociBucket(url: URL, env: NodeJS.ProcessEnv = process.env): Promise<Bucket> {
  const place = url.host + url.pathname.replace(/\/+$/, '');
  const name = `oci://${place}`;
  const repository = openRepository(place, env);
  const { read, writer, remover, documentOf } = repository;
  const sizes = new Map<Digest, number>();
  const edge =
    <Asked extends unknown[], T>(work: (...asked: Asked) => Promise<T>) =>
    (...asked: Asked): Promise<T> =>
      work(...asked).catch((error) => {
        throw atEdge(error, url.host);
      });
  await edge(async () => registryAddress(place))();

  async function stat(key: string): Promise<{ size: number } | null> {
    const blob = digestIn(key);
    const size = await read(async (registry) =>
      blob ? registry.statBlob(blob) : (await documentOf(registry, key))?.document.size,
    );
    return size === null || size === undefined ? null : { size };
  }

  async function get(key: string, range?: ByteRange): Promise<Download | null> {
    const digest = digestIn(key) ?? (await read((registry) => documentOf(registry, key)))?.document.digest;
    if (digest === undefined) return null;
    const validator = `"${digest}"`;
    const same = range?.validator === undefined || range.validator === validator;
    const { range: header } = rangeHeaders(same && range ? { from: range.from, to: range.to } : undefined);
    const response = await read((registry) => registry.openBlob(digest, header ?? null));
    if (response === null) return null;
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as never);
    const headers = Object.fromEntries(response.headers);
    return { ...downloadOf({ status: response.status, headers, body }, name), validator };
  }

  async function put(key: string, bytes: Uint8Array, sha256: string): Promise<void> {
    const blob = digestIn(key);
    if (blob === null) return putDocument(key, bytes, `sha256:${sha256}`);
    await repository.pushBlob(objectOf(blob, bytes.byteLength), bytes);
    sizes.set(blob, bytes.byteLength);
  }

  async function putDocument(key: string, bytes: Uint8Array, digest: Digest): Promise<void> {
    const old = await documentOf(writer(), key);
    if (old?.document.digest === digest) return;
    const document = { mediaType: 'application/json', digest, size: bytes.byteLength };
    await repository.pushBlob(document, bytes);
    const packs = await each(packsIn(key, bytes), async (pack) => objectOf(pack, await sizeOf(pack)));
    await repository.keep(packs.slice(mostNamed));
    await repository.pushDocument(key, document, packs.slice(0, mostNamed));
    // The one before would keep what it names for ever. Where nothing can be removed it has to.
    if (old !== null)
      await remover()
        .remove('manifests', old.digest)
        .catch(() => false);
  }

  async function sizeOf(digest: Digest): Promise<number> {
    const size = sizes.get(digest) ?? (await writer().statBlob(digest));
    if (size !== null) return size;
    throw new LockstepError('E_REMOTE_FAILED', {
      what: `${name} has no ${digest}, which a map names`,
      allowed: 'maps of packs that are there',
      fix: 'push again',
    });
  }

  async function* list(prefix: string): AsyncGenerator<Listed> {
    const ofObjects = 'sha256/'.startsWith(prefix) || prefix.startsWith('sha256/');
    const objects = new Map<string, Listed>();
    const found = repository.manifests(
      await read(async (registry) => registry),
      (tag) => ofObjects || mayHold(tag, prefix),
    );
    for await (const { key, document, modified, objects: named } of found) {
      if (document !== null && key?.startsWith(prefix)) yield { key, size: document.size, modified };
      for (const { digest, size } of ofObjects ? named : []) {
        const at = `sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest).slice(2)}`;
        // Of several that name an object the latest says how old it is.
        if (at.startsWith(prefix) && (objects.get(at)?.modified ?? -1) < modified)
          objects.set(at, { key: at, size, modified });
      }
    }
    yield* objects.values();
  }

  async function remove(keys: readonly string[]): Promise<void> {
    const blobs = new Set(keys.map(digestIn).filter((digest) => digest !== null));
    await each(keys, async (key) => {
      const found = digestIn(key) === null ? await documentOf(remover(), key) : null;
      if (found !== null) await drop('manifests', found.digest);
    });
    if (blobs.size > 0) await unname(blobs);
    await each(blobs, (blob) => drop('blobs', blob));
  }

  /** Manifests that only keep objects are made anew without these, before the old ones go. */
  async function unname(blobs: ReadonlySet<Digest>): Promise<void> {
    const found = repository.manifests(remover(), (tag) => tag.startsWith(keepPrefix));
    for await (const { digest, objects } of found) {
      const rest = objects.filter((object) => !blobs.has(object.digest));
      if (rest.length === objects.length) continue;
      await repository.keep(rest);
      await drop('manifests', digest);
    }
  }

  async function drop(kind: 'manifests' | 'blobs', digest: Digest): Promise<void> {
    if (!(await remover().remove(kind, digest))) throw notRemoved(name, kind, url.host);
  }

  return {
    name,
    stat: edge(stat),
    get: edge(get),
    put: edge(put),
    async *list(prefix) {
      try {
        yield* list(prefix);
      } catch (error) {
        throw atEdge(error, url.host);
      }
    },
    remove: edge(remove),
    keep: edge((blobs) => repository.keep(blobs.map((blob) => objectOf(`sha256:${blob.sha256}`, blob.size)))),
  };
}
