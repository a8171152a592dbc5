import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface PackageLock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * The part of our package-lock.json that one package needs, as a package of its own, for `npm ci` where nothing of ours
 * is installed: the same versions, with the same hashes.
 */
export function nativeLock(root: string, name: string): [file: string, text: string][] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
  const packages: Record<string, LockedPackage> = {};
  const take = (wanted: string, from: string): void => {
    const place = placeOf(lock, wanted, from);
    if (place === null || Object.hasOwn(packages, place)) return;
    const { version, dependencies, optionalDependencies } = lock.packages[place]!;
    packages[place] = lock.packages[place]!;
    if (version === undefined) throw new Error(`${place} has no version in package-lock.json`);
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) take(next, place);
  };
  take(name, '');
  const dependencies = { [name]: packages[`node_modules/${name}`]!.version };
  const own = { name: 'lockstep-modules', private: true, dependencies };
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [
    ['modules/package.json', text(own)],
    [
      'modules/package-lock.json',
      text({
        ...own,
        lockfileVersion: lock.lockfileVersion,
        requires: true,
        packages: { '': own, ...sorted },
      }),
    ],
  ];
}

/** Where Node would find a package from another's folder: in its own node_modules, else in those above. */
function placeOf({ packages }: PackageLock, name: string, from: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, place)) return place;
    if (folder === '') return null;
  }
}
