import { type ErrorCode, isLockstepError, type Workspace } from '../../workspace/index.ts';
import { readWanted } from './read-wanted.ts';
import type { Release, Wanted } from './wanted.ts';

/** What may be over at the next look. */
const passing: readonly ErrorCode[] = ['E_REGISTRY_FAILED', 'E_REGISTRY_RATE_LIMIT'];

/**
 * What this machine is to run: one environment of the branch, or all. Images of a registry that aren't in the layout are
 * fetched. Errors: those that pass by themselves, so that the caller looks again; another refuses its release.
 */
export const readWantedHere =
  ({ only }: { readonly only?: string }): typeof readWanted =>
  async (workspace, commit) => {
    const wanted = await readWanted(workspace, commit);
    const here = wanted.filter(({ environment }) => only === undefined || environment === only);
    const present: Wanted[] = [];
    for (const each of here) present.push(await withImage(workspace, each));
    return present;
  };

async function withImage(workspace: Workspace, wanted: Wanted): Promise<Wanted> {
  if (wanted.kind === 'refused') return wanted;
  const { release, ...where } = wanted;
  try {
    await fetchImage(workspace, release);
    return wanted;
  } catch (error) {
    if (!isLockstepError(error) || passing.includes(error.code)) throw error;
    const { version, image } = release;
    return { ...where, kind: 'refused', version, image, reasons: [error.message] };
  }
}

async function fetchImage(workspace: Workspace, { image, imageDigest }: Release): Promise<void> {
  const { isRegistryName, openImages, pullImage } = await import('../../image/index.ts');
  if (!isRegistryName(image) || openImages(workspace).has(imageDigest)) return;
  await pullImage(workspace, image);
}
