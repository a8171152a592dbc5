import pLimit from 'p-limit';
import { credentialsFor, type Descriptor, openRegistry, type Registry } from '../../oci/index.ts';
import { type Digest, isLockstepError } from '../../workspace/index.ts';
import {
  empty,
  type Kept,
  keepPrefix,
  keepTag,
  printManifest,
  readManifest,
  tagOf,
} from './oci-manifests.ts';

/** Objects that one manifest names at most: about 600 KB of the 4 MB that registries take. */
export const mostNamed = 4000;
const atATime = 8;
/** For so long a manifest is not read again, so that lists prefix by prefix don't read all of them each time (ms). */
const remembered = 15_000;

/** The manifests by which a repository holds documents and keeps objects. Errors of all: E_REGISTRY_*. */
export interface Repository {
  /** Reads as who may only read, else as who may write too: ghcr.io shows nobody else that there is no package yet. */
  read<T>(work: (registry: Registry) => Promise<T>): Promise<T>;
  readonly writer: () => Registry;
  readonly remover: () => Registry;
  /** The manifest of a key's document; null when there is none. */
  documentOf(registry: Registry, key: string): Promise<(Kept & { readonly document: Descriptor }) | null>;
  /** Ours under the tags that are wanted. */
  manifests(registry: Registry, wanted: (tag: string) => boolean): AsyncIterable<Kept>;
  /** In place of `old`, which is removed where the registry removes anything: it would keep what it names for ever. */
  putDocument(
    key: string,
    document: Descriptor,
    objects: readonly Descriptor[],
    old: Kept | null,
  ): Promise<void>;
  /**
   * Names objects that are there, in as few manifests as hold them. Where they are named so already they become as
   * young as if they had been put again if any of them `isFresh`.
   */
  keep(
    objects: readonly Descriptor[],
    isFresh: (object: Descriptor) => boolean,
    modified?: number,
  ): Promise<void>;
  /** Makes the manifests that only keep objects anew without these; `drop` removes the old ones. */
  unname(blobs: ReadonlySet<Digest>, drop: (manifest: Digest) => Promise<void>): Promise<void>;
}

/** `place`: `ghcr.io/acme/data`. */
export function openRepository(place: string, env: NodeJS.ProcessEnv): Repository {
  const open = opener(place, env);
  const [writer, remover] = [open('pull,push'), open('pull,push,delete')];
  let reader = open('pull');
  const known = new Map<string, { readonly kept: Kept | null; readonly until: number }>();
  let config: Promise<unknown> | undefined;

  async function push(tag: string, parts: Omit<Kept, 'digest'>, old: Kept | null = null): Promise<void> {
    config ??= writer().pushBlob(empty.descriptor, empty.bytes as Buffer<ArrayBuffer>);
    await config;
    const manifest = printManifest(parts);
    await writer().pushManifest(tag, manifest);
    note(tag, readManifest(manifest));
    if (old === null || old.digest === manifest.digest) return;
    await remover()
      .remove('manifests', old.digest)
      .catch(() => false);
  }

  const note = (tag: string, kept: Kept | null) => known.set(tag, { kept, until: Date.now() + remembered });

  async function keptAt(registry: Registry, tag: string): Promise<Kept | null> {
    const held = known.get(tag);
    if (held !== undefined && held.until > Date.now()) return held.kept;
    const kept = readManifest(await registry.resolve(tag));
    note(tag, kept);
    return kept;
  }

  async function* manifests(registry: Registry, wanted: (tag: string) => boolean) {
    let waiting: string[] = [];
    const read = async () => {
      const found = await each(waiting, (tag) => keptAt(registry, tag));
      waiting = [];
      return found.filter((kept) => kept !== null);
    };
    for await (const tag of registry.tags()) {
      if (wanted(tag)) waiting.push(tag);
      if (waiting.length >= 4 * atATime) yield* await read();
    }
    yield* await read();
  }

  const keep: Repository['keep'] = async (objects, isFresh, modified) => {
    const distinct = new Map(objects.map((object) => [object.digest, object]));
    const sorted = [...distinct.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    for (let at = 0; at < sorted.length; at += mostNamed) {
      const some = sorted.slice(at, at + mostNamed);
      const tag = keepTag(some);
      const old = readManifest(await writer().resolve(tag));
      if (old !== null && !some.some(isFresh)) continue;
      await push(
        tag,
        { key: null, document: null, objects: some, modified: modified ?? writer().now() },
        old,
      );
    }
  };

  return {
    async read(work) {
      try {
        return await work(reader());
      } catch (error) {
        if (!isLockstepError(error, 'E_REGISTRY_AUTH')) throw error;
        const done = await work(writer()).catch(() => {
          throw error;
        });
        reader = writer;
        return done;
      }
    },
    writer,
    remover,
    async documentOf(registry, key) {
      const found = readManifest(await registry.resolve(tagOf(key)));
      if (found?.key !== key || found.document === null) return null;
      return { ...found, document: found.document };
    },
    manifests,
    keep,
    async putDocument(key, document, objects, old) {
      // What only the old one named stays in sight until it is removed.
      const still = new Set(objects.map(({ digest }) => digest));
      const dropped = old?.objects.filter(({ digest }) => !still.has(digest)) ?? [];
      await keep(dropped, () => false, old?.modified);
      await push(tagOf(key), { key, document, objects, modified: writer().now() }, old);
    },
    async unname(blobs, drop) {
      for await (const { digest, objects, modified } of manifests(remover(), (tag) =>
        tag.startsWith(keepPrefix),
      )) {
        const rest = objects.filter((object) => !blobs.has(object.digest));
        if (rest.length === objects.length) continue;
        await keep(rest, () => false, modified);
        await drop(digest);
      }
    },
  };
}

/** A client for each of the three logins, made when it is needed: who may only read asks for no more. */
function opener(place: string, env: NodeJS.ProcessEnv) {
  const host = place.split('/')[0]!;
  const token = host === 'ghcr.io' && env.GITHUB_TOKEN ? env.GITHUB_TOKEN : null;
  const ofJob = token === null ? null : { user: env.GITHUB_ACTOR ?? 'lockstep', password: token };
  const credentials = credentialsFor(host, env) ?? ofJob;
  return (actions: 'pull' | 'pull,push' | 'pull,push,delete') => {
    let registry: Registry | undefined;
    return () => {
      registry ??= openRegistry(place, { actions, credentials });
      return registry;
    };
  };
}

/** A few at a time. */
export const each = <T, Made>(things: Iterable<T>, work: (thing: T) => Promise<Made>): Promise<Made[]> => {
  const few = pLimit(atATime);
  return Promise.all(Array.from(things, (thing) => few(() => work(thing))));
};
