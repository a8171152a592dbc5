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

/** A version that one environment trained of another's commit, on its own data: `v1.2.0-staging.3`. */
export interface Retrained {
  /** What main registered: `v1.2.0`. */
  readonly base: string;
  readonly environment: string;
  /** From 1. */
  readonly number: number;
}

/** Null for a version of main, pre-releases of its own among them. */
export function retrainedOf(version: string, environments: readonly string[]): Retrained | null {
  const [, stem, number] = /^(v.+-[a-z][a-z0-9-]*)\.([1-9]\d*)$/.exec(version) ?? [];
  if (stem === undefined) return null;
  // Of `eu` and `production-eu` the longer one is meant.
  const [environment] = environments
    .filter((name) => stem.endsWith(`-${name}`))
    .sort((one, other) => other.length - one.length);
  if (environment === undefined) return null;
  return { base: stem.slice(0, -environment.length - 1), environment, number: Number(number) };
}

/** The version that main registered: itself, unless an environment trained it anew. */
export const baseOf = (version: string, environments: readonly string[]): string =>
  retrainedOf(version, environments)?.base ?? version;

/** The next that an environment trains of a version. */
export function nextRetrained(
  existing: readonly string[],
  { base, environment }: Pick<Retrained, 'base' | 'environment'>,
): string {
  const numbers = existing.flatMap((version) => {
    const one = retrainedOf(version, [environment]);
    return one?.base === base ? [one.number] : [];
  });
  return `${base}-${environment}.${Math.max(0, ...numbers) + 1}`;
}
