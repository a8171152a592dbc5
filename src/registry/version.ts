import compareBuild from 'semver/functions/compare-build.js';
import increment from 'semver/functions/inc.js';
import { checkVersion } from './tag-name.ts';

export type Bump = 'patch' | 'minor' | 'major';

/** SemVer precedence; build metadata, which SemVer ignores, only breaks ties, so that the order is total. */
export const compareVersions = (a: string, b: string): number => compareBuild(a.slice(1), b.slice(1));

/** The version after the highest that exists; the first is v1.0.0. */
export function nextVersion(existing: readonly string[], bump: Bump): string {
  const highest = existing.map(checkVersion).sort(compareVersions).at(-1);
  return highest === undefined ? 'v1.0.0' : `v${increment(highest.slice(1), bump)}`;
}
