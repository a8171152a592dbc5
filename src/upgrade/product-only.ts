/** The models that ship, to look at and to try things on. */
export const exampleModels: readonly string[] = ['digits', 'flight-delay', 'flight-delay-python'];

/** What builds, measures and checks Lockstep itself; a folder ends in `/`. */
const products: readonly string[] = [
  '.ci/',
  '.github/workflows/lockstep-ci.yml',
  '.github/workflows/lockstep-release.yml',
  'bench/',
  'docs/adr/',
  'docs/benchmarks.md',
  'docs/dependencies.md',
  'docs/promises.md',
  'knip.json',
  'test/',
  'vitest.config.ts',
  'workflows/ci.yml',
  'workflows/release.yml',
  'workflows/starters/',
];
/** Beside the code that they test, and what only they read. */
const tests =
  /^(src|actions)\/.*(\.(test|test-data|fixture)\.ts|\/test-workspace\.ts|\/__snapshots__\/.*)$|^src\/data\/([a-z-]+\/)?[a-z-]+\.txt$/;

/** Whether a file of the template serves only those who make Lockstep: nothing that a copy runs reads it. */
export const isProductOnly = (path: string): boolean =>
  products.some((one) => isIn(path, one)) || tests.test(path);

export const isExample = (path: string): boolean =>
  exampleModels.some((model) => isIn(path, `pipelines/${model}/`) || isIn(path, `models/${model}/`));

const isIn = (path: string, one: string): boolean =>
  one.endsWith('/') ? path.startsWith(one) : path === one;
