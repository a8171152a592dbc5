import { Readable } from 'node:stream';
import { type Descriptor, registryAddress } from '../../oci/index.ts';
import { type Digest, hexOf, LockstepError } from '../../workspace/index.ts';
import type { Bucket, ByteRange, Download, Listed } from './bucket.ts';
import { downloadOf, rangeHeaders } from './http-objects.ts';
import { atEdge, notRemoved } from './oci-errors.ts';
import { digestIn, mayHold, objectOf, packsIn } from './oci-manifests.ts';
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
  /** Of what was put here. */
  const sizes = new Map<Digest, number>();
  let removing: Promise<unknown> = Promise.resolve();
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
    await send(objectOf(blob, bytes.byteLength), bytes);
    sizes.set(blob, bytes.byteLength);
  }

  const send = (blob: Descriptor, bytes: Uint8Array) =>
    writer().pushBlob(blob, bytes as Uint8Array<ArrayBuffer>);
  const isFresh = ({ digest }: Descriptor) => sizes.has(digest);

  async function putDocument(key: string, bytes: Uint8Array, digest: Digest): Promise<void> {
    const old = await documentOf(writer(), key);
    const document = { mediaType: 'application/json', digest, size: bytes.byteLength };
    await send(document, bytes);
    const packs = await each(packsIn(key, bytes), async (pack) => objectOf(pack, await sizeOf(pack)));
    await repository.keep(packs.slice(mostNamed), isFresh);
    await repository.putDocument(key, document, packs.slice(0, mostNamed), old);
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
    if (blobs.size > 0) await repository.unname(blobs, (digest) => drop('manifests', digest));
    await each(blobs, (blob) => drop('blobs', blob));
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
    // One after the other: two that make the same manifest anew would each bring back what the other removes.
    remove: edge((keys) => {
      const turn = removing.then(() => remove(keys));
      removing = turn.catch(() => {});
      return turn;
    }),
    keep: edge((blobs) =>
      repository.keep(
        blobs.map(({ sha256, size }) => objectOf(`sha256:${sha256}`, size)),
        isFresh,
      ),
    ),
  };
}
