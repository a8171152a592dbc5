import { openRegistry } from '../oci/index.ts';
import { isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import type { Layout } from './layout.ts';
import { type Index, mediaTypes } from './oci.ts';
import type { Platform } from './platform.ts';
import { parseReference } from './reference.ts';
import { parseIndex, pullDocument } from './registry/documents.ts';

/** The base that an image is built upon, by digest, and whether lockstep.yaml says so. */
export interface BaseSource {
  /** `name@sha256:…` */
  readonly reference: string;
  /** False when the digest was looked up just now: tomorrow the same tag may be other bytes. */
  readonly pinned: boolean;
}

/** Runners and whoever pushes ask the registry what a tag is now; a laptop at home asks nobody. */
export const asksForBase = (env: NodeJS.ProcessEnv = process.env): boolean => env.GITHUB_ACTIONS === 'true';

/**
 * Makes sure that the configured base lies in the layout. With a digest it is fetched when it is missing; with a tag
 * alone it is looked up where `ask` says so, else there is none. Errors: E_IMAGE_REF, E_BASE_MISSING, E_IMAGE_PLATFORM.
 */
export async function findBase(
  { configuration }: Workspace,
  layout: Layout,
  platform: Platform,
  ask: boolean,
): Promise<BaseSource | null> {
  const text = configuration.image.base;
  if (text === undefined) return null;
  const { name, tag, digest } = parseReference(text);
  if (digest !== null && layout.has(digest)) return { reference: `${name}@${digest}`, pinned: true };
  if (digest === null && !ask) return null;
  try {
    const registry = openRegistry(name);
    const found = await registry.resolve(digest ?? tag ?? 'latest');
    if (found === null) throw missing(text, 'the registry has none of that name');
    const index = found.mediaType.includes('manifest.list') || found.mediaType === mediaTypes.index;
    if (!index) await pullDocument(registry, layout, found.digest);
    else {
      await pullDocument(registry, layout, entryFor(parseIndex(found.bytes), platform, text));
      layout.writeBlob(found.bytes);
    }
    return { reference: `${name}@${found.digest}`, pinned: digest !== null };
  } catch (error) {
    if (!isLockstepError(error) || error.code.startsWith('E_BASE_') || error.code === 'E_IMAGE_PLATFORM')
      throw error;
    throw missing(text, error.what, error);
  }
}

function entryFor({ manifests }: Index, { os, architecture }: Platform, text: string) {
  const found = manifests.find(
    (entry) => entry.platform?.os === os && entry.platform.architecture === architecture,
  );
  if (found) return found.digest;
  const there = manifests.flatMap((entry) =>
    entry.platform ? [`${entry.platform.os}/${entry.platform.architecture}`] : [],
  );
  throw new LockstepError('E_IMAGE_PLATFORM', {
    what: `the base image ${text} is for ${there.join(', ') || 'no platform'}`,
    where: { file: 'lockstep.yaml' },
    allowed: `${os}/${architecture}`,
    fix: 'name a base for the platform that is built',
  });
}

const missing = (text: string, why: string, cause?: unknown): LockstepError =>
  new LockstepError('E_BASE_MISSING', {
    what: `the base image ${text} can't be had: ${why}`,
    where: { file: 'lockstep.yaml' },
    allowed: 'a base that its registry gives us, or none for the local agent alone',
    fix: 'correct image.base in lockstep.yaml, log in to its registry, or take image.base out',
    cause,
  });
