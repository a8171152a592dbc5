/** What a team fills with its own: no release touches it, whatever the release holds there. */
const yours = [
  'pipelines/',
  'models/',
  '.data/',
  'data.lock',
  'lockstep.yaml',
  'README.md',
  'CONTRIBUTING.md',
  '.github/CODEOWNERS',
];

/** Made from other files (scripts/bundle.ts), and only right as a whole: parts of two builds don't fit together. */
const built = 'actions/dist/';

/** What the bundles are made of, beside the packages. */
const bundled = ['src/', 'actions/'];

export type Ownership = 'yours' | 'built' | 'manifest' | 'lock' | 'file';

/** How a path of the template is treated. */
export function ownershipOf(path: string): Ownership {
  if (yours.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one))) return 'yours';
  if (path.startsWith(built)) return 'built';
  if (path === 'package.json') return 'manifest';
  if (path === 'package-lock.json') return 'lock';
  return 'file';
}

/** Whether a change of this file makes the committed bundles out of date. */
export const goesIntoBundles = (path: string): boolean =>
  bundled.some((folder) => path.startsWith(folder)) && !/\.(test\.ts|md)$/.test(path);
