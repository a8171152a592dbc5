import { readFileSync } from 'node:fs';
import type { AskRelease } from '../gitops/index.ts';
import type { GoldenFile } from '../model/index.ts';
import { askGolden } from '../serving/index.ts';
import { type Digest, isLockstepError, type Workspace } from '../workspace/index.ts';
import { evidenceObject } from './baseline.ts';

/** Asks a server at an address the golden requests of its release, by digest from the store or from beside its image. */
export function askAtUrl(workspace: Workspace): AskRelease {
  return async ({ model, version, image, golden, url }) => {
    const file = await goldenFile();
    if (typeof file === 'string') return { kind: 'unavailable', why: file };
    const { asked, equal, otherwise = 0, firstDifference = null } = await askGolden(url, file, version);
    return { kind: 'asked', asked, equal, otherwise, firstDifference };

    async function goldenFile(): Promise<GoldenFile | string> {
      try {
        const { path } = await evidenceObject(workspace, { model, version, image: named(image) }, golden);
        return JSON.parse(readFileSync(path, 'utf8')) as GoldenFile;
      } catch (error) {
        if (isLockstepError(error)) return `its golden requests are not at hand: ${error.what}`;
        throw error;
      }
    }
  };
}

function named(image: string): { readonly name: string; readonly digest: Digest } {
  const [name, digest] = image.split('@') as [string, Digest];
  return { name, digest };
}
