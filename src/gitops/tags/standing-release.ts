import type { Workspace } from '../../workspace/index.ts';
import { foldersOf, readFolders, readTip, type Tip, tagStandsAlone } from '../branch/tip.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { currentTrust } from '../promotion/run-key.ts';
import { tagThatSays } from './standing-tag.ts';

/** A proven folder, and the tag that says so; null where none does yet. */
export interface StandingRelease {
  readonly release: VerifiedRelease;
  readonly tag: string | null;
}

/** One model's proven folders with their tags, where tags stand alone; elsewhere a commit brings its own. */
export async function readStanding(
  workspace: Workspace,
  tip: Tip,
  model: string,
): Promise<StandingRelease[]> {
  if (!tagStandsAlone(workspace)) return [];
  const trust = await currentTrust(workspace);
  const found: StandingRelease[] = [];
  const own = foldersOf(tip).filter((folder) => folder.model === model);
  for (const folder of await readFolders(workspace, tip, own)) {
    const verdict = verifyFolder({ ...folder, trust });
    if (verdict.kind !== 'verified') continue;
    const { release } = verdict;
    const { version, environment, promotionEnvelope: promotion } = release;
    const tag = await tagThatSays(workspace, { model, version, environment, promotion });
    found.push({ release, tag });
  }
  return found;
}

/** What environments name and no tag says: merged, or pushed by who was cut off before the tag. */
export async function untagged(workspace: Workspace, models: readonly string[]): Promise<VerifiedRelease[]> {
  if (!tagStandsAlone(workspace)) return [];
  const found: VerifiedRelease[] = [];
  for (const model of models) {
    const tip = await readTip(workspace, { tagsOf: model, ask: 'required' });
    const standing = await readStanding(workspace, tip, model);
    found.push(...standing.filter(({ tag }) => tag === null).map(({ release }) => release));
  }
  return found;
}
