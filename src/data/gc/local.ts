import { rmSync, statSync } from 'node:fs';
import type { Digest, Workspace } from '../../workspace/index.ts';
import { openStore, type Store } from '../store/store.ts';
import { cleaningStore } from '../store/store-use.ts';
import { type LooseFile, looseFiles } from './loose-files.ts';
import { dropPack, type PackFile, packFiles } from './pack-files.ts';
import { count, manifestDigests, type Roots, type Tally, young, youngMs } from './roots.ts';

export interface GcOptions {
  /** False shows the plan alone. */
  readonly apply: boolean;
  /** ms since 1970. */
  readonly now?: number;
  /** How long to wait for other commands (ms). */
  readonly waitMs?: number | undefined;
}

export interface LocalGc {
  readonly applied: boolean;
  readonly kept: Tally;
  /** Objects, and bytes on disk: what goes, or went. */
  readonly removed: { readonly objects: number; readonly bytes: number };
  /** Of local packs: whole ones that go, and ones that are written anew without what is not needed. */
  readonly packs: { readonly dropped: number; readonly rewritten: number };
}

interface Plan extends Omit<LocalGc, 'applied'> {
  readonly loose: readonly LooseFile[];
  readonly dead: readonly PackFile[];
  readonly sparse: readonly PackFile[];
}

/**
 * Removes from the local store what no root needs and is older than an hour. Nobody else works with the store
 * meanwhile. Killed anywhere, it has removed only what is not needed. Errors: E_BUSY.
 */
export async function gcLocal(
  workspace: Workspace,
  roots: Roots,
  { apply, now = Date.now(), waitMs }: GcOptions,
): Promise<LocalGc> {
  const store = openStore(workspace);
  if (!apply) return shown(await planLocal(store, roots, now), false);
  return cleaningStore(workspace, { what: 'data gc', waitMs }, async () => {
    const needed = await neededHere(store, roots);
    const plan = planFrom(store, needed, await lostHere(store, roots), now);
    for (const { path, modified } of plan.loose) {
      // Somebody may have asked for the very same bytes since, and have made them young by that.
      if (statSync(path, { throwIfNoEntry: false })?.mtimeMs === modified)
        rmSync(path, { recursive: true, force: true });
    }
    for (const pack of plan.dead) dropPack(pack);
    rewritePacks(store, plan.sparse, (digest) => needed.has(digest));
    return shown(plan, true);
  });
}

const shown = ({ kept, removed, packs }: Plan, applied: boolean): LocalGc => ({
  applied,
  kept,
  removed,
  packs,
});

const planLocal = async (store: Store, roots: Roots, now: number): Promise<Plan> =>
  planFrom(store, await neededHere(store, roots), await lostHere(store, roots), now);

/** Digest → why. Of a folder whose manifest is not here nothing is known: it is brought again when it is wanted. */
async function neededHere(store: Store, roots: Roots): Promise<Map<Digest, string>> {
  const needed = new Map<Digest, string>();
  const keep = (digest: Digest, why: string) => {
    if (!needed.has(digest) && !roots.forgotten.has(digest)) needed.set(digest, why);
  };
  for (const { digest, folder, why } of roots.datasets) {
    keep(digest, why);
    if (!folder || roots.forgotten.has(digest) || !store.has(digest)) continue;
    for (const file of manifestDigests(await store.read(digest))) keep(file, why);
  }
  for (const [digest, why] of roots.objects) keep(digest, why);
  return needed;
}

/** What goes whatever its age. */
async function lostHere(
  store: Store,
  { forgotten, forgottenFolders = new Set() }: Roots,
): Promise<Set<Digest>> {
  const lost = new Set(forgotten);
  for (const digest of forgottenFolders)
    if (store.has(digest)) for (const file of manifestDigests(await store.read(digest))) lost.add(file);
  return lost;
}

function planFrom(
  store: Store,
  needed: ReadonlyMap<Digest, string>,
  lost: ReadonlySet<Digest>,
  now: number,
): Plan {
  const isLost = (digest: Digest) => lost.has(digest) && !needed.has(digest);
  const kept: Tally = {};
  const removed = { objects: 0, bytes: 0 };
  const loose: LooseFile[] = [];
  for (const file of looseFiles(store.root)) {
    const isYoung = now - file.modified < youngMs && !(file.digest && isLost(file.digest));
    const why = (file.digest && needed.get(file.digest)) ?? (isYoung ? young : null);
    if (why !== null) {
      count(kept, why, file.size);
      continue;
    }
    loose.push(file);
    removed.objects++;
    removed.bytes += file.size;
  }
  const dead: PackFile[] = [];
  const sparse: PackFile[] = [];
  for (const pack of packFiles(store.root)) {
    const mustGo = pack.objects.some(({ digest }) => isLost(digest));
    const isYoung = now - pack.modified < youngMs && !mustGo;
    const live = pack.objects.filter(({ digest }) => needed.has(digest));
    const liveBytes = live.reduce((sum, { size }) => sum + size, 0);
    const stays = isYoung || (!mustGo && live.length > 0 && liveBytes * 2 >= pack.size);
    for (const { digest, size } of stays ? pack.objects : live)
      count(kept, needed.get(digest) ?? (isYoung ? young : 'beside needed ones in a pack'), size);
    if (stays) continue;
    (live.length === 0 ? dead : sparse).push(pack);
    removed.objects += pack.objects.length - live.length;
    removed.bytes += pack.size - liveBytes;
  }
  return { kept, removed, packs: { dropped: dead.length, rewritten: sparse.length }, loose, dead, sparse };
}

/** Copies what stays to new packs, makes them durable, and only then removes the old ones. */
export function rewritePacks(
  store: Store,
  packs: readonly PackFile[],
  stays: (digest: Digest) => boolean,
): void {
  if (packs.length === 0) return;
  const packer = store.openPacker();
  for (const pack of packs) {
    for (const { digest, bytes } of pack.read(stays)) packer.add(digest, bytes);
  }
  packer.end();
  for (const pack of packs) dropPack(pack);
}
