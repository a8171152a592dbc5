import { digestOf, hexOf, LockstepError } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import { fetchMap } from '../transfer/fetch-bytes.ts';
import { mostMap } from '../transfer/maps.ts';

export const doomedKey = 'gc/doomed.json';
/** As many as fit into one object: the rest comes with the next clean-up. */
const most = 500_000;
/** Pushes look for digests; what is no object, chunk map or folder map (a broken upload) stands by its whole key. */
const kinds = ['sha256', 'chunks', 'packs'] as const;
const keyPattern = /^(?:(chunks|packs)\/)?sha256\/([0-9a-f]{2})\/([0-9a-f]{62})(\.json)?$/;

/** What the next clean-up of a remote removes. Format: docs/formats/remote.md. */
export interface Doomed {
  /** When it was written, ms since 1970, by the writer's clock. */
  readonly at: number;
  readonly keys: ReadonlySet<string>;
}

/** Errors: E_REMOTE_NOT_DATA. */
export async function readDoomed(remote: Remote): Promise<Doomed | null> {
  const bytes = await fetchMap(remote, doomedKey, mostMap);
  if (bytes === null) return null;
  try {
    const { v, at, others, ...lists } = JSON.parse(bytes.toString()) as Record<string, unknown>;
    const keys = kinds.flatMap((kind) => (lists[kind] as string[]).map((hex) => keyOf(kind, hex)));
    const time = Date.parse(at as string);
    if (v === 1 && Number.isFinite(time))
      return { at: time, keys: new Set([...keys, ...(others as string[])]) };
  } catch {} // Said below.
  throw new LockstepError('E_REMOTE_NOT_DATA', {
    what: `${doomedKey} in ${remote.name} is not what \`lockstep data gc\` writes`,
    fix: `remove ${doomedKey} from the remote: nothing is lost by that`,
  });
}

const keyOf = (kind: (typeof kinds)[number], hex: string): string =>
  kind === 'sha256'
    ? `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`
    : `${kind}/sha256/${hex.slice(0, 2)}/${hex.slice(2)}.json`;

export async function writeDoomed(remote: Remote, keys: readonly string[], now: number): Promise<void> {
  const lists: Record<(typeof kinds)[number] | 'others', string[]> = {
    sha256: [],
    chunks: [],
    packs: [],
    others: [],
  };
  for (const key of keys.slice(0, most).sort()) {
    const [, kind = 'sha256', first, rest, json] = keyPattern.exec(key) ?? [];
    if (first === undefined || (kind === 'sha256') !== (json === undefined)) lists.others.push(key);
    else lists[kind as 'sha256'].push(`${first}${rest}`);
  }
  const bytes = Buffer.from(`${JSON.stringify({ v: 1, at: new Date(now).toISOString(), ...lists })}\n`);
  await remote.bucket.put(doomedKey, bytes, hexOf(digestOf(bytes)));
}
