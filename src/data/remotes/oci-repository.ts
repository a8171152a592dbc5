import pLimit from 'p-limit';
import { credentialsFor, type Descriptor, openRegistry, type Registry } from '../../oci/index.ts';
import { isLockstepError } from '../../workspace/index.ts';
import { empty, type Kept, keepTag, printManifest, readManifest, tagOf } from './oci-manifests.ts';

/** Objects that one manifest names at most: about 600 KB of the 4 MB that registries take. */
export const mostNamed = 4000;
const atATime = 8;

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
  pushBlob(blob: Descriptor, bytes: Uint8Array): Promise<void>;
  pushDocument(key: string, document: Descriptor, objects: readonly Descriptor[]): Promise<void>;
  /** Names objects that are there, in as few manifests as hold them; nothing where they are named so already. */
  keep(objects: readonly Descriptor[]): Promise<void>;
}

/** `place`: `ghcr.io/acme/data`. */
export function openRepository(place: string, env: NodeJS.ProcessEnv): Repository {
  const open = opener(place, env);
  const writer = open('pull,push');
  let reader = open('pull');
  let config: Promise<void> | undefined;

  async function pushBlob(blob: Descriptor, bytes: Uint8Array): Promise<void> {
    await writer().pushBlob(blob, bytes as Uint8Array<ArrayBuffer>);
  }

  async function push(tag: string, ...parts: Parameters<typeof printManifest>): Promise<void> {
    config ??= pushBlob(empty.descriptor, empty.bytes);
    await config;
    await writer().pushManifest(tag, printManifest(...parts));
  }

  async function* manifests(registry: Registry, wanted: (tag: string) => boolean) {
    let waiting: string[] = [];
    const read = async () => {
      const found = await each(waiting, async (tag) => readManifest(await registry.resolve(tag)));
      waiting = [];
      return found.filter((kept) => kept !== null);
    };
    for await (const tag of registry.tags()) {
      if (wanted(tag)) waiting.push(tag);
      if (waiting.length >= 4 * atATime) yield* await read();
    }
    yield* await read();
  }

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
    remover: open('pull,push,delete'),
    async documentOf(registry, key) {
      const found = readManifest(await registry.resolve(tagOf(key)));
      if (found?.key !== key || found.document === null) return null;
      return { ...found, document: found.document };
    },
    manifests,
    pushBlob,
    pushDocument: (key, document, objects) => push(tagOf(key), key, document, objects),
    async keep(objects) {
      const distinct = new Map(objects.map((object) => [object.digest, object]));
      const sorted = [...distinct.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
      for (let at = 0; at < sorted.length; at += mostNamed) {
        const some = sorted.slice(at, at + mostNamed);
        const tag = keepTag(some);
        if ((await writer().resolve(tag)) === null) await push(tag, null, null, some);
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
