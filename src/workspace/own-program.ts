import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of our bundles when we run from them, else null. All files of this room lie in one chunk, one folder
 * below it (scripts/bundle.ts), so this is where the others are found from.
 */
export const bundleFolder: string | null = import.meta.url.endsWith('.ts')
  ? null
  : dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The file of a program of ours that runs as a child process: its source, relative to the `import.meta.url` of who
 * starts it, or its bundle.
 */
export function ownProgram(
  from: string,
  source: string,
  bundle = join('worker', basename(source).replace(/\.ts$/, '.js')),
): string {
  return bundleFolder === null ? fileURLToPath(new URL(source, from)) : join(bundleFolder, bundle);
}
