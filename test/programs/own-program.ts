import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// In the place of `src/workspace/own-program.ts` in vitest (vitest.config.ts): the code under test runs from its
// sources, and the programs that it starts from the bundles of those sources, which start in half the time.
export const bundleFolder = null;

export function ownProgram(
  from: string,
  source: string,
  bundle = join('worker', basename(source).replace(/\.ts$/, '.js')),
): string {
  return programOf(bundle) ?? fileURLToPath(new URL(source, from));
}

/** A bundle by its name; null where none were made, as outside of vitest. */
export function programOf(bundle: string): string | null {
  const folder = process.env.LOCKSTEP_TEST_PROGRAMS;
  return folder === undefined ? null : join(folder, bundle);
}
