import { baseCommit, type ReleaseRecord, type Trust, trustedKeys } from '../registry/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { foldersOf, readFolders, readTip } from './branch/tip.ts';
import { verifyFolder } from './folder/verify-folder.ts';
import { type Hold, readHolds } from './holds.ts';

/** What runs where for one model, as far as it is proven. */
export interface Environments {
  /** Commit of the branch this was read at; null before the first promotion. */
  readonly tip: string | null;
  /** By environment; folders that are not verified are left out. */
  readonly releases: ReadonlyMap<string, ReleaseRecord>;
  readonly holds: readonly Hold[];
}

/** Asks origin where it can; else what was fetched last. Errors: those of reading trust and holds. */
export async function readEnvironments(
  workspace: Workspace,
  model: string,
  given?: Trust,
): Promise<Environments> {
  const tip = await readTip(workspace);
  if (tip.commit === null) return { tip: null, releases: new Map(), holds: [] };
  const trust = given ?? (await trustedKeys(workspace, await baseCommit(workspace), { local: true }));
  const releases = new Map<string, ReleaseRecord>();
  const own = foldersOf(tip).filter((folder) => folder.model === model);
  for (const folder of await readFolders(workspace, tip, own)) {
    const verdict = verifyFolder({ ...folder, trust });
    if (verdict.kind === 'verified') releases.set(folder.environment, verdict.release.record);
  }
  return { tip: tip.commit, releases, holds: (await readHolds(workspace, tip, model)).holds };
}
